import Testing

@testable import Bench

@Suite struct `A choice` {
    private func cell(_ texts: Int, _ inFlight: Int, _ mean: Double, _ reach: Double = 1) -> ServerReport.Cell {
        ServerReport.Cell(
            setting: .init(texts: texts, inFlight: inFlight),
            textsPerSecond: Estimate(mean: mean, low: mean - reach, high: mean + reach, samples: 10),
            latency: .init(p50: 1, p95: 1, p99: 1, max: 1, histogram: []),
            requests: 100,
            seconds: 2,
            ended: .confident
        )
    }

    private func server(_ name: String, _ cells: [ServerReport.Cell]) -> ServerReport {
        ServerReport(name: name, cells: cells, execution: .serial, best: ServerReport.best(of: cells))
    }

    private func stage(_ name: StageReport.Name, _ mean: Double) -> StageReport {
        StageReport(
            name: name,
            rowsPerSecond: Estimate(mean: mean, low: mean, high: mean, samples: 3),
            rows: 1,
            seconds: 1
        )
    }

    private func recommendation(
        _ servers: [ServerReport],
        measured: Estimate? = nil,
        stages: [StageReport] = []
    ) -> BenchReport.Recommendation? {
        BenchReport.Recommendation(servers: servers, measured: measured, stages: stages) {
            "pattern-sync --concurrency \($0) --embed-batch \($1)"
        }
    }

    @Test func `takes the smallest requests of those that are as fast`() {
        #expect(ServerReport.best(of: [cell(16, 2, 100), cell(4, 4, 99), cell(1, 8, 90)])?.texts == 4)
    }

    @Test func `takes the fewest in flight of those`() {
        #expect(ServerReport.best(of: [cell(4, 8, 101), cell(4, 2, 100), cell(4, 1, 80)])?.inFlight == 2)
    }

    @Test func `believes no wide interval of a setting that is plainly slower`() {
        #expect(ServerReport.best(of: [cell(16, 2, 100), cell(1, 1, 80, 40)])?.texts == 16)
        #expect(ServerReport.best(of: [cell(16, 2, 100, 3), cell(1, 1, 96, 3)])?.texts == 1)
    }

    @Test func `takes nothing that failed for a good part, or was answered once`() {
        var failing = cell(16, 2, 200)
        (failing.requests, failing.errors) = (94, 6)
        var once = cell(4, 1, 300)
        once.textsPerSecond = Estimate(mean: 300, low: 300, high: 300, samples: 1)
        #expect(ServerReport.best(of: [failing, once, cell(1, 1, 20)]) == .init(texts: 1, inFlight: 1))
        (failing.requests, failing.errors) = (95, 5)
        #expect(ServerReport.best(of: [failing, once, cell(1, 1, 20)]) == .init(texts: 16, inFlight: 2))
    }

    @Test func `says so where there is nothing better`() throws {
        var failing = cell(16, 2, 200)
        failing.errors = 100
        let doubtful = server("a", [failing])
        #expect(doubtful.best == .init(texts: 16, inFlight: 2))
        let found = try #require(recommendation([doubtful]))
        #expect(found.reason.contains("Not to be relied on: at a "), "\(found.reason)")
        let sound = try #require(recommendation([server("a", [failing, cell(1, 1, 20)])]))
        #expect(sound.embedBatch == 1)
        #expect(!sound.reason.contains("relied on"))
    }

    @Test func `of several servers is none that fails at one of them`() throws {
        var failing = cell(16, 2, 100)
        failing.errors = 100
        let servers = [
            server("a", [cell(1, 2, 40), cell(16, 2, 90)]), server("b", [cell(1, 2, 40), failing]),
        ]
        #expect(try #require(recommendation(servers)).embedBatch == 1)
    }

    @Test func `of one server is its best setting`() throws {
        let found = try #require(recommendation([server("a", [cell(1, 1, 15), cell(1, 2, 20), cell(4, 2, 20)])]))
        #expect(found.concurrency == 2)
        #expect(found.embedBatch == 1)
        #expect(found.textsPerSecond == 20)
        #expect(found.command == "pattern-sync --concurrency 2 --embed-batch 1")
        #expect(found.reason.contains("one after another"))
    }

    @Test func `of several servers is what all are fastest with together, and compares them`() throws {
        let fast = server("fast", [cell(1, 2, 40), cell(16, 2, 100), cell(64, 2, 100)])
        let slow = server("slow", [cell(1, 2, 25), cell(16, 2, 20), cell(64, 2, 20)])
        let found = try #require(recommendation([fast, slow]))
        #expect(found.embedBatch == 16)
        #expect(found.textsPerSecond == 120)
        #expect(found.reason.hasSuffix("fast is 4.0 times as fast as slow."), "\(found.reason)")
    }

    @Test func `expects no more than the slowest stage`() throws {
        let servers = [server("a", [cell(1, 2, 200)])]
        #expect(recommendation(servers, stages: [stage(.sink, 150)])?.textsPerSecond == 150)
        #expect(recommendation(servers, stages: [stage(.sink, 150), stage(.pipeline, 90)])?.textsPerSecond == 150)
        #expect(recommendation(servers, stages: [.leftOut(.sink, because: "down")])?.textsPerSecond == 200)
        let together = Estimate(mean: 120, low: 110, high: 130, samples: 9)
        #expect(recommendation(servers, measured: together)?.textsPerSecond == 120)
    }

    @Test func `is none where nothing was measured`() {
        #expect(recommendation([]) == nil)
        #expect(recommendation([ServerReport(name: "a")]) == nil)
    }

    @Test func `of the bottleneck is the slowest stage alone`() {
        let stages = [stage(.source, 900), stage(.embedder, 20), stage(.sink, 500), stage(.pipeline, 19)]
        #expect(StageReport.bottleneck(of: stages) == .embedder)
        #expect(StageReport.bottleneck(of: [stage(.embedder, 20), stage(.pipeline, 19)]) == nil)
        #expect(StageReport.bottleneck(of: [stage(.embedder, 20), .leftOut(.sink, because: "down")]) == nil)
        #expect(StageReport.bottleneck(of: []) == nil)
    }
}
