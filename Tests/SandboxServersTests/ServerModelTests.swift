import Testing

@testable import SandboxServers

@Suite("A model of a server") struct ServerModelTests {
    private struct Moment: InstantProtocol {
        let offset: Duration

        func advanced(by duration: Duration) -> Moment { Moment(offset: offset + duration) }
        func duration(to other: Moment) -> Duration { other.offset - offset }
        static func < (left: Moment, right: Moment) -> Bool { left.offset < right.offset }
    }

    private func at(_ milliseconds: Int) -> Moment { Moment(offset: .milliseconds(milliseconds)) }
    private let text = Duration.milliseconds(10)

    @Test func `that works at several texts at a time takes them from any request`() {
        var schedule = ServiceSchedule<Moment>(rows: 3)
        #expect(schedule.reserve(1, serviceTime: text, now: at(0)) == at(10))
        #expect(schedule.reserve(2, serviceTime: text, now: at(0)) == at(10))
        #expect(schedule.reserve(4, serviceTime: text, now: at(0)) == at(30))
        // Two of the three are free from 20 on.
        #expect(schedule.reserve(2, serviceTime: text, now: at(5)) == at(30))
    }

    @Test func `that takes time for each request takes it once, whatever its texts`() {
        var schedule = ServiceSchedule<Moment>()
        let request = Duration.milliseconds(100)
        #expect(schedule.reserve(1, serviceTime: text, requestTime: request, now: at(0)) == at(110))
        #expect(schedule.reserve(5, serviceTime: text, requestTime: request, now: at(0)) == at(260))
        #expect(schedule.reserve(3, serviceTime: .zero, requestTime: request, now: at(0)) == at(360))
        #expect(schedule.reserve(0, serviceTime: text, requestTime: request, now: at(0)) == nil)
    }

    private func embed(_ client: LoopbackClient, _ more: String = "") async -> (answer: LoopbackClient.Answer, Duration)
    {
        let began = ContinuousClock.now
        let answer = await client.send("POST", "/api/embed", #"{"model":"nomic-embed-text","input":"a text"\#(more)}"#)
        return (answer, ContinuousClock.now - began)
    }

    private func loadDuration(_ answer: LoopbackClient.Answer) -> Int64 {
        (try? JSONValue(parsing: answer.body))?["load_duration"]?.int.map { Int64($0) } ?? -1
    }

    @Test func `loads its model for the first request, and tells how long that took`() async throws {
        try await withOllamaSandbox(.init(dimension: 8, loadTime: .milliseconds(80))) { server in
            let client = LoopbackClient(server)
            #expect(await client.send("GET", "/api/ps").text == #"{"models":[]}"#)
            let (first, took) = await embed(client)
            #expect(took >= .milliseconds(80))
            #expect(loadDuration(first) >= 80_000_000)
            let (second, _) = await embed(client)
            #expect(loadDuration(second) < 80_000_000)
            #expect(await client.send("GET", "/api/ps").text.contains("nomic-embed-text:latest"))
        }
    }

    @Test(arguments: ["0", #""0""#, #""0s""#])
    func `forgets its model when it is told to`(_ keepAlive: String) async throws {
        try await withOllamaSandbox(.init(dimension: 8, loadTime: .milliseconds(50))) { server in
            let client = LoopbackClient(server)
            _ = await embed(client, #","keep_alive":\#(keepAlive)"#)
            #expect(await client.send("GET", "/api/ps").text == #"{"models":[]}"#)
            let (again, _) = await embed(client)
            #expect(loadDuration(again) >= 50_000_000)
        }
    }

    @Test(arguments: ["5", #""5m""#, "-1", #""-1s""#, "null"])
    func `keeps its model otherwise`(_ keepAlive: String) async throws {
        try await withOllamaSandbox(.init(dimension: 8)) { server in
            let client = LoopbackClient(server)
            let (answer, _) = await embed(client, #","keep_alive":\#(keepAlive)"#)
            #expect(answer.status == 200)
            #expect(await client.send("GET", "/api/ps").text.contains("nomic-embed-text:latest"))
        }
    }
}
