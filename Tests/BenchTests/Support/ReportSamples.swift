import Bench

/// Reports as real servers would give them, and as they come out when things go wrong.
enum ReportSamples {
    /// A graphics card that works on texts together, one that runs them one after another, and every stage.
    static func twoServers(speed: Double = 1) -> BenchReport {
        let fast = server("http://gpu-a:11434", .init(request: 12, text: 1.4 / speed, parallel: 4), .batching)
        var slow = server(
            "http://mac-mini.local:11434",
            .init(request: 2, text: 21 / speed, parallel: 1),
            .serial,
            texts: [1, 4, 16, 32],
            inFlight: [1, 2, 4],
            load: .init(hadToLoad: false, seconds: 0.024, loadSeconds: nil)
        )
        slow.cells[7].errors = 3
        slow.cells[7].firstError = "503 Service Unavailable: server busy, please try again"
        slow.cells[7].ended = .timeLimit
        var report = empty()
        report.servers = [fast, slow]
        report.durationSeconds = 192
        report.stages = [
            stage(.source, 183_412, "cursor in key order, chunks of 100 rows"),
            stage(.embedder, 2_560 * speed),
            stage(.sink, 9_840, "100 points an upsert, 4 at once"),
            stage(.pipeline, 2_489 * speed, "4,000 rows, --concurrency auto"),
        ]
        report.bottleneck = .embedder
        report.recommendation = .init(
            concurrency: 4,
            embedBatch: 64,
            textsPerSecond: 2_560 * speed,
            command: "pattern-sync --concurrency 4 --embed-batch 64 "
                + "--embed-url http://gpu-a:11434 --embed-url http://mac-mini.local:11434",
            reason: "Larger requests gain less than what can be told apart from chance, and make retries dearer."
        )
        return report
    }

    /// What most users have: one Ollama, which runs texts one after another.
    static func serial(speed: Double = 1) -> BenchReport {
        var report = empty()
        report.servers = [
            server(
                "http://localhost:11434",
                .init(request: 1, text: 49 / speed, parallel: 1),
                .serial,
                texts: [1, 4, 16],
                inFlight: [1, 2, 4]
            )
        ]
        report.recommendation = .init(
            concurrency: 1,
            embedBatch: 1,
            textsPerSecond: 19.9 * speed,
            command: "pattern-sync --concurrency 1 --embed-batch 1",
            reason: "The server runs texts one after another, so the smallest setting that keeps it busy is the best."
        )
        return report
    }

    /// Of which nothing was measured.
    static func empty() -> BenchReport {
        BenchReport(
            status: .completed,
            startedAt: "2026-01-05T12:00:00Z",
            durationSeconds: 48,
            version: "1.2.0",
            machine: .init(system: "Linux x86_64", processors: 8),
            model: .init(
                name: "nomic-embed-text:latest",
                provider: "ollama",
                digest: "0a109f422b47e3a30ba2b10eca18548e944e8a23073ee3f3e947efcf3c45e59f",
                dimension: 768,
                contextLength: 2_048
            ),
            texts: .init(origin: .table, count: 971, meanBytes: 1_284, p95Bytes: 4_310)
        )
    }

    static func oneCell() -> BenchReport {
        var report = empty()
        report.servers = [
            ServerReport(
                name: "http://localhost:11434",
                cells: [cell(.init(texts: 1, inFlight: 1), .init(request: 1, text: 49, parallel: 1))]
            )
        ]
        return report
    }

    static func errorsOnly() -> BenchReport {
        var report = empty()
        let cell = ServerReport.Cell(
            setting: .init(texts: 1, inFlight: 1),
            textsPerSecond: .init(mean: 0, low: 0, high: 0, samples: 0),
            latency: .init(p50: 0, p95: 0, p99: 0, max: 0, histogram: []),
            requests: 0,
            errors: 8,
            firstError: "500: llama runner process has terminated",
            seconds: 0.4,
            ended: .errors
        )
        report.servers = [ServerReport(name: "http://localhost:11434", cells: [cell])]
        return report
    }

    static func interrupted() -> BenchReport {
        var report = twoServers()
        report.status = .interrupted
        report.servers[1].cells.removeLast(6)
        report.servers[1].cells[5].ended = .interrupted
        report.servers[1].execution = nil
        report.servers[1].best = nil
        report.stages = []
        report.bottleneck = nil
        report.recommendation = nil
        return report
    }

    /// Every string says what `text` says.
    static func named(_ text: String) -> BenchReport {
        var report = interrupted()
        report.startedAt = text
        report.version = text
        report.machine.system = text
        report.model = .init(name: text, provider: text, digest: text, dimension: 1, contextLength: nil)
        report.servers[0].name = text
        report.servers[0].cells[3].errors = 1
        report.servers[0].cells[3].firstError = text
        report.stages = [stage(.source, 100, text), stage(.sink, 0, text)]
        report.recommendation = .init(concurrency: 1, embedBatch: 1, textsPerSecond: 1, command: text, reason: text)
        return report
    }

    /// How a server spends its time, in milliseconds.
    struct Model {
        var request: Double
        var text: Double
        /// Requests that it works on at a time.
        var parallel: Int
    }

    static func server(
        _ name: String,
        _ model: Model,
        _ execution: ServerReport.Execution,
        texts: [Int] = [1, 4, 16, 32, 64],
        inFlight: [Int] = [1, 2, 4, 8],
        load: ServerReport.ColdLoad = .init(hadToLoad: true, seconds: 2.31, loadSeconds: 1.87)
    ) -> ServerReport {
        let cells = texts.flatMap { texts in
            inFlight.map { cell(.init(texts: texts, inFlight: $0), model) }
        }
        let peak = cells.map(\.textsPerSecond.mean).max() ?? 0
        return ServerReport(
            name: name,
            coldLoad: load,
            cells: cells,
            execution: execution,
            best: cells.first { $0.textsPerSecond.mean > peak * 0.95 }?.setting
        )
    }

    static func cell(_ setting: ServerReport.Setting, _ model: Model) -> ServerReport.Cell {
        let service = model.request + model.text * Double(setting.texts)
        let busy = Double(min(setting.inFlight, model.parallel))
        // A little less by one than by the other, as measurements are.
        let wobble = 1 + Double((setting.texts * 7 + setting.inFlight * 13) % 9 - 4) / 400
        let rate = busy * Double(setting.texts) / service * 1_000 * wobble
        let wait = service * max(1, Double(setting.inFlight) / Double(model.parallel))
        return ServerReport.Cell(
            setting: setting,
            textsPerSecond: estimate(rate),
            tokensPerSecond: rate * 311,
            latency: latency(wait),
            requests: max(12, Int(3_000 * busy / service)),
            seconds: 3.1,
            ended: setting.inFlight == 8 ? .timeLimit : .confident
        )
    }

    static func estimate(_ mean: Double, within error: Double = 0.016, samples: Int = 12) -> Estimate {
        Estimate(mean: mean, low: mean * (1 - error), high: mean * (1 + error), samples: samples)
    }

    static func stage(_ name: StageReport.Name, _ rate: Double, _ note: String? = nil) -> StageReport {
        StageReport(name: name, rowsPerSecond: estimate(rate, within: 0.021), rows: 4_000, seconds: 4.2, note: note)
    }

    /// Most requests near the median, and a tail to the right.
    private static func latency(_ median: Double) -> ServerReport.Latency {
        let counts = [1, 4, 11, 24, 46, 71, 88, 79, 60, 41, 27, 18, 12, 9, 6, 5, 3, 2, 2, 1, 0, 1, 0, 0, 1]
        let buckets = counts.enumerated().map { index, count in
            ServerReport.Latency.Bucket(upTo: median * (0.72 + 0.04 * Double(index)), count: count)
        }
        return .init(p50: median, p95: median * 1.27, p99: median * 1.49, max: median * 1.68, histogram: buckets)
    }
}
