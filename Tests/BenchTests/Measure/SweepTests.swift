import Testing

@testable import Bench

@Suite struct `A sweep` {
    private static let slow = Duration.milliseconds(50)

    /// The true best rate of each is known.
    @Test(arguments: [
        ("an Ollama", SimulatedServer(kind: .texts(atOnce: 1), textTime: slow), 20.0, ServerReport.Execution.serial),
        (
            "an Ollama far away",
            SimulatedServer(kind: .texts(atOnce: 1), textTime: .milliseconds(20), wayTime: .milliseconds(20)), 50,
            .serial
        ),
        (
            "an Ollama with a cost for each request",
            SimulatedServer(kind: .texts(atOnce: 1), textTime: slow, wayTime: .milliseconds(8), noise: 0.3), 20, .serial
        ),
        ("four texts at a time", SimulatedServer(kind: .texts(atOnce: 4), textTime: slow), 80, .parallel),
        ("sixteen texts at a time", SimulatedServer(kind: .texts(atOnce: 16), textTime: slow), 320, .parallel),
        ("two texts at a time", SimulatedServer(kind: .texts(atOnce: 2), textTime: slow, noise: 0.2), 40, .parallel),
        ("four requests at a time", SimulatedServer(kind: .requests(atOnce: 4), textTime: slow), 80, .parallel),
        (
            "eight requests at a time, far away",
            SimulatedServer(kind: .requests(atOnce: 8), textTime: slow, wayTime: .milliseconds(5)), 160, .parallel
        ),
        (
            "a batching server",
            SimulatedServer(kind: .batches, textTime: .milliseconds(1), requestTime: .milliseconds(30)), 810, .batching
        ),
        (
            "a noisy batching server, far away",
            SimulatedServer(
                kind: .batches,
                textTime: .milliseconds(2),
                requestTime: .milliseconds(40),
                wayTime: .milliseconds(4),
                noise: 0.3
            ), 432, .batching
        ),
    ])
    func `finds the fastest setting and how the server works`(
        _ name: String,
        _ server: SimulatedServer,
        _ bound: Double,
        _ execution: ServerReport.Execution
    ) throws {
        let cells = server.sweep()
        let best = try #require(ServerReport.best(of: cells))
        let rate = cells.first { $0.setting == best }?.textsPerSecond.mean ?? 0
        #expect(rate > bound * 0.94, "\(name): \(rate) of \(bound) at \(best)")
        #expect(ServerReport.execution(of: cells) == execution, "\(name)")
        let seconds = cells.reduce(0) { $0 + $1.seconds }
        #expect(seconds < 120, "\(name): \(cells.count) cells in \(seconds) s")
    }

    @Test func `does not go on where nothing is gained`() {
        let server = SimulatedServer(kind: .texts(atOnce: 1), textTime: Self.slow)
        let cells = server.sweep()
        #expect(cells.map(\.setting.texts).max() == 16)
        #expect(cells.map(\.setting.inFlight).max() == 4)
        #expect(cells.count == 9)
    }

    @Test func `goes on as long as anything is gained`() {
        let server = SimulatedServer(kind: .batches, textTime: .microseconds(100), requestTime: .milliseconds(30))
        let cells = server.sweep()
        #expect(cells.contains { $0.setting == .init(texts: 128, inFlight: 1) })
    }

    @Test func `tries no requests that take too long`() {
        let server = SimulatedServer(kind: .requests(atOnce: 8), textTime: .milliseconds(900))
        let cells = server.sweep()
        // Sixteen texts take 14 s; larger requests were of no use.
        #expect(cells.allSatisfy { $0.setting.texts <= 4 })
        #expect(cells.contains { $0.setting.inFlight == 8 })
    }

    @Test func `measures all that it is told to`() {
        let server = SimulatedServer(kind: .texts(atOnce: 1), textTime: .milliseconds(10))
        let cells = server.sweep(Sweep(texts: [1, 2, 4, 8], inFlight: [1, 3, 5], isExhaustive: true))
        #expect(Set(cells.map(\.setting)).count == 12)
    }

    @Test func `finds the setting before a server gets slower`() {
        var server = SimulatedServer(kind: .requests(atOnce: 8), textTime: Self.slow)
        server.knee = 4
        let cells = server.sweep()
        let best = ServerReport.best(of: cells)
        #expect(best?.texts == 1)
        #expect(best?.inFlight == 4 || best?.inFlight == 8)
        let rates = cells.map(\.textsPerSecond.mean)
        let rate = cells.first { $0.setting == best }?.textsPerSecond.mean ?? 0
        #expect(rate >= (rates.max() ?? 0) * 0.95)
    }

    @Test func `says nothing where too little was measured`() {
        let server = SimulatedServer(kind: .texts(atOnce: 1), textTime: .milliseconds(10))
        let limits = LoadLimits()
        let one = [server.measure(.init(texts: 1, inFlight: 1), limits)]
        #expect(ServerReport.execution(of: []) == nil)
        #expect(ServerReport.execution(of: one) == nil)
        #expect(ServerReport.best(of: []) == nil)
        #expect(ServerReport.best(of: one) == .init(texts: 1, inFlight: 1))
    }
}
