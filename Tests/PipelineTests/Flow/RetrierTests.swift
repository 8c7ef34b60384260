import TestSupport
import Testing

@testable import Pipeline

@Suite(.timeLimit(.minutes(5)))
struct RetrierTests {
    private let clock = ManualClock()
    private let observer = RecordingObserver()
    private var retrier: Retrier { retrier(maxOutage: .seconds(60)) }

    private func retrier(maxOutage: Duration) -> Retrier {
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(8), maxOutage: maxOutage) { 1 }
        return Retrier(policy: policy, clock: RunClock(clock), observer: observer)
    }

    @Test func `answers the result of the first try and says nothing`() async throws {
        let (result, retries) = try await retrier.run(.sink) { () throws(PipelineError) in "stored" }
        #expect(result == "stored")
        #expect(retries == 0)
        #expect(observer.events.isEmpty)
    }

    @Test func `tries again after each delay until the server is back`() async throws {
        let tries = Level()
        let retrier = retrier
        async let outcome = retrier.run(.sink) { () throws(PipelineError) in
            if tries.next() <= 3 { throw .unavailable() }
            return "stored"
        }
        for (number, delay) in [1, 2, 4].enumerated() {
            await clock.sleepers.reaches(1)
            #expect(tries.value == number + 1)
            #expect(clock.nextWake == .seconds(delay))
            clock.advance(by: .seconds(delay))
            await tries.reaches(number + 2)
        }
        #expect(try await outcome == ("stored", 3))
        #expect(observer.events.map(Telling.init) == [.waiting(1), .waiting(2), .waiting(3), .recovered])
    }

    @Test(arguments: [
        PipelineError.misconfigured, .cancelled, PipelineError(.row(.unstorable), "too deep"),
        PipelineError(.tooManyRejections, "too many"), PipelineError(.busy, "another run"),
    ])
    func `does not repeat what will fail again`(error: PipelineError) async {
        let tries = Level()
        let retrier = retrier
        await #expect(throws: error) {
            try await retrier.run(.sink) { () throws(PipelineError) in
                tries.change(by: 1)
                throw error
            }
        }
        #expect(tries.value == 1)
        #expect(observer.events.isEmpty)
    }

    @Test func `gives up with an outage once it has lasted too long by the clock`() async throws {
        let clock = ManualClock(movesItself: true)
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(8), maxOutage: .seconds(30)) { 1 }
        let retrier = Retrier(policy: policy, clock: RunClock(clock), observer: observer)
        let tries = Level()
        let error = await #expect(throws: PipelineError.self) {
            try await retrier.run(.source) { () throws(PipelineError) in
                tries.change(by: 1)
                throw .unavailable()
            }
        }
        #expect(error?.kind == .outage)
        // 1 + 2 + 4 + 8 + 8 = 23 s, and another 8 s would be too long: the last try is made when the time is over.
        #expect(tries.value == 7)
        #expect(clock.now.offset == .seconds(30))
        #expect(error?.message.contains("source") == true)
    }

    @Test func `counts the outage from the first failure, not from the start of the operation`() async throws {
        let retrier = retrier(maxOutage: .seconds(2))
        let tries = Level()
        let clock = clock
        async let outcome = retrier.run(.source) { () throws(PipelineError) in
            if tries.next() == 1 {
                clock.advance(by: .seconds(100))
                throw .unavailable()
            }
            return "read"
        }
        await clock.sleepers.reaches(1)
        clock.advance(by: .seconds(1))
        #expect(try await outcome.result == "read")
    }

    @Test func `gives up at once when the server asks for more patience than there is`() async {
        let retrier = retrier
        let error = await #expect(throws: PipelineError.self) {
            try await retrier.run(.sink) { () throws(PipelineError) in
                throw .unavailable(retryAfter: .seconds(3_600))
            }
        }
        #expect(error?.kind == .outage)
        #expect(clock.sleepers.highest == 0)
    }

    @Test func `stops waiting at once when its task is cancelled`() async {
        let retrier = retrier
        let error = await withTaskGroup(of: PipelineError?.self) { group in
            group.addTask {
                do throws(PipelineError) {
                    _ = try await retrier.run(.sink) { () throws(PipelineError) in throw .unavailable() }
                    return nil
                } catch {
                    return error
                }
            }
            await clock.sleepers.reaches(1)
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(error == .cancelled)
        #expect(clock.now.offset == .zero)
    }

    @Test func `loses next to no time over a single failure of a server that succeeds otherwise`() async throws {
        let clock = ManualClock(movesItself: true)
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(8), maxOutage: .seconds(60)) { 1 }
        let retrier = Retrier(policy: policy, clock: RunClock(clock), observer: observer)
        for _ in 0..<100 {
            let tries = Level()
            for _ in 0..<19 { _ = try await retrier.run(.sink) { () throws(PipelineError) in } }
            _ = try await retrier.run(.sink) { () throws(PipelineError) in
                if tries.next() == 1 { throw .unavailable() }
            }
        }
        #expect(clock.now.offset == .milliseconds(500))
    }

    @Test func `makes operations that fail at once take turns`() async throws {
        let clock = ManualClock(movesItself: true)
        let policy = RetryPolicy(base: .milliseconds(1), cap: .milliseconds(1), maxOutage: .seconds(600)) { 1 }
        let retrier = Retrier(policy: policy, clock: RunClock(clock), observer: observer)
        let tries = Level()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    _ = try await retrier.run(.sink) { () throws(PipelineError) in
                        tries.change(by: 1)
                        if clock.now.offset < .seconds(100) { throw .unavailable() }
                    }
                }
            }
            try await group.waitForAll()
        }
        // One try each, ten retries at once, and one in a second after that. Each of them alone would try a thousand times a
        // second.
        #expect(tries.value < 200)
    }

    @Test func `counts the outage from the last success of another operation`() async throws {
        let retrier = retrier(maxOutage: .seconds(10))
        let tries = Level()
        async let outcome = retrier.run(.sink) { () throws(PipelineError) in
            if tries.next() <= 5 { throw .unavailable() }
        }
        // It fails for longer than an outage may last, while others succeed.
        for number in 1...5 {
            await clock.sleepers.reaches(1)
            let delay = try #require(clock.nextWake)
            clock.advance(by: delay)
            await tries.reaches(number + 1)
            if number < 5 { _ = try await retrier.run(.sink) { () throws(PipelineError) in } }
        }
        #expect(try await outcome.retries == 5)
        #expect(clock.now.offset > .seconds(10))
    }

    @Test func `ends an operation that goes on failing while all others succeed`() async throws {
        let clock = ManualClock(movesItself: true)
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(8), maxOutage: .seconds(30)) { 1 }
        let retrier = Retrier(policy: policy, clock: RunClock(clock), observer: observer)
        let error = await #expect(throws: PipelineError.self) {
            try await retrier.run(.sink) { () async throws(PipelineError) in
                _ = try await retrier.run(.sink) { () throws(PipelineError) in }
                throw .unavailable()
            }
        }
        #expect(error?.kind == .outage)
        #expect(clock.now.offset >= .seconds(120))
    }

    private enum Telling: Equatable {
        case waiting(Int)
        case recovered
        case other

        init(_ event: RunEvent) {
            switch event {
            case .waiting(.sink, _, let attempt, _): self = .waiting(attempt)
            case .recovered(.sink): self = .recovered
            default: self = .other
            }
        }
    }
}
