import Testing

@testable import Pipeline

@Suite
struct LimiterTests {
    @Test func `has room until the limit is reached`() {
        var limiter = Limiter(limit: 2)
        #expect(limiter.hasRoom && limiter.load == 0)
        limiter.enter()
        #expect(limiter.hasRoom && limiter.load == 0.5)
        limiter.enter()
        #expect(!limiter.hasRoom && limiter.load == 1)
        limiter.leave()
        #expect(limiter.hasRoom && limiter.inFlight == 1)
    }

    @Test func `traps when more enter than the limit allows`() async {
        await #expect(processExitsWith: .failure) {
            var limiter = Limiter(limit: 1)
            limiter.enter()
            limiter.enter()
        }
    }

    @Test func `traps when one leaves that never entered`() async {
        await #expect(processExitsWith: .failure) {
            var limiter = Limiter(limit: 1)
            limiter.leave()
        }
    }
}
