import Testing

@testable import SandboxServers

@Suite struct ServiceScheduleTests {
    private struct Moment: InstantProtocol {
        let offset: Duration

        func advanced(by duration: Duration) -> Moment { Moment(offset: offset + duration) }
        func duration(to other: Moment) -> Duration { other.offset - offset }
        static func < (left: Moment, right: Moment) -> Bool { left.offset < right.offset }
    }

    private func at(_ milliseconds: Int) -> Moment { Moment(offset: .milliseconds(milliseconds)) }

    @Test func `serves one text after another, whatever request they are of`() {
        var schedule = ServiceSchedule<Moment>()
        #expect(schedule.reserve(1, serviceTime: .milliseconds(10), now: at(0)) == at(10))
        #expect(schedule.reserve(3, serviceTime: .milliseconds(10), now: at(1)) == at(40))
        #expect(schedule.reserve(1, serviceTime: .milliseconds(10), now: at(39)) == at(50))
    }

    @Test func `does not save up idle time`() {
        var schedule = ServiceSchedule<Moment>()
        #expect(schedule.reserve(1, serviceTime: .milliseconds(10), now: at(0)) == at(10))
        #expect(schedule.reserve(2, serviceTime: .milliseconds(10), now: at(100)) == at(120))
    }

    @Test func `takes no time when a text takes none`() {
        var schedule = ServiceSchedule<Moment>()
        #expect(schedule.reserve(1000, serviceTime: .zero, now: at(0)) == nil)
        #expect(schedule.reserve(0, serviceTime: .milliseconds(10), now: at(0)) == nil)
    }

    @Test func `makes concurrent requests wait for each other`() async throws {
        let elapsed = try await withOllamaSandbox(.init(dimension: 8, serviceTime: .milliseconds(20))) { server in
            let client = LoopbackClient(server)
            let started = ContinuousClock.now
            await withTaskGroup { group in
                for text in ["a", "b", "c"] {
                    group.addTask {
                        _ = await client.send("POST", "/api/embed", #"{"model":"nomic-embed-text","input":"\#(text)"}"#)
                    }
                }
            }
            return ContinuousClock.now - started
        }
        #expect(elapsed >= .milliseconds(60))
    }
}
