internal import Bench
internal import Embedding
internal import Logging
internal import Pipeline

extension BenchWork {
    /// Texts of the table, or those that are built in.
    func sample(_ table: BenchTable?) -> [Bytes] {
        table?.sample.map(\.text) ?? BuiltInTexts.texts(plan.texts)
    }

    /// Takes note of what is embedded or carried.
    func tell(_ texts: [Bytes], of table: BenchTable?) {
        record.change { $0.texts = BenchReport.TextSample(texts, origin: table == nil ? .builtIn : .table) }
    }

    /// The texts that are embedded, as much of them as the model takes.
    func fittingTexts(_ table: BenchTable?, _ embedding: BenchEmbedding) async throws(PipelineError) -> [Bytes] {
        let sample = sample(table)
        let contextLength = embedding.servers.model.contextLength
        let embedder = embedding.metered[0]
        progress.begins("whether the model takes the texts")
        let fitting = try await stoppable { () async throws(PipelineError) in
            try await FittingTexts(sample, contextLength: contextLength, embedder: embedder)
        }
        if fitting.shortened > 0 {
            logger.notice("\(fitting.shortened) of \(sample.count) texts are too long for the model and are shortened")
        }
        if fitting.leftOut > 0 {
            logger.warning("\(fitting.leftOut) of \(sample.count) texts cannot be embedded and are left out")
        }
        let texts = fitting.texts
        guard !texts.isEmpty else {
            throw PipelineError(.setup, "the model embeds none of the \(sample.count) texts")
        }
        tell(texts, of: table)
        return texts
    }

    /// Measures each server alone, then all of them together.
    func measureServers(_ embedding: BenchEmbedding, _ texts: [Bytes]) async throws(PipelineError) {
        for (index, embedder) in embedding.metered.enumerated() {
            let bench = bench(embedder, texts)
            try await stoppable { [progress, record] () async throws(PipelineError) in
                await bench.run { setting in
                    progress.begins("\(embedder.name) with \(Self.text(setting))")
                } ends: { cell in
                    record.change { $0.servers[index].add(cell) }
                    progress.ended(Self.text(cell))
                }
            }
            try checkStop()
        }
        try await measureTogether(embedding, texts)
    }

    /// What the servers reach together, each at its best setting: less than the sum where they share anything.
    private func measureTogether(_ embedding: BenchEmbedding, _ texts: [Bytes]) async throws(PipelineError) {
        let reports = record.current.servers
        let able = zip(embedding.metered, reports).compactMap { embedder, report in
            report.best.map { (embedder: embedder, setting: $0) }
        }
        guard !able.isEmpty else {
            let reason = reports.lazy.flatMap(\.cells).compactMap(\.firstError).first ?? "it answered nothing in time"
            throw PipelineError(.setup, "no embedding server could be measured: \(reason)")
        }
        var cells: [ServerReport.Cell] = []
        if able.count == 1 {
            cells = reports.compactMap { report in report.cells.last { $0.setting == report.best } }
        } else {
            progress.begins("all embedding servers together")
            let benches = able.map { (bench: bench($0.embedder, texts), setting: $0.setting) }
            cells = try await stoppable { () async throws(PipelineError) in
                await withTaskGroup(of: ServerReport.Cell.self) { group in
                    for (bench, setting) in benches { group.addTask { await bench.measure(setting) } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
        }
        let stage = StageReport(
            name: .embedder,
            rowsPerSecond: .sum(cells.map(\.textsPerSecond)),
            rows: cells.reduce(0) { $0 + $1.requests * $1.setting.texts },
            seconds: cells.map(\.seconds).max() ?? 0,
            note: able.map { "\($0.embedder.name): \(Self.text($0.setting))" }.joined(separator: "; ")
        )
        record.change { $0.stages.append(stage) }
        if able.count > 1 { progress.ended(BenchProgress.text(stage.rowsPerSecond, "texts")) }
        try checkStop()
    }

    private func bench(_ embedder: BenchEmbedder, _ texts: [Bytes]) -> ServerBench {
        ServerBench(
            embedder,
            texts: texts,
            sweep: plan.sweep,
            limits: plan.limits,
            longest: plan.longestSweep,
            clock: clock
        )
    }

    private static func text(_ cell: ServerReport.Cell) -> String {
        if cell.isRefused { return "refused: \(cell.firstError ?? "")" }
        let errors = cell.errors > 0 ? ", \(cell.errors) errors: \(cell.firstError ?? "")" : ""
        return BenchProgress.text(cell.textsPerSecond, "texts") + errors
    }

    private static func text(_ setting: ServerReport.Setting) -> String {
        "\(setting.texts) \(setting.texts == 1 ? "text" : "texts") a request, \(setting.inFlight) in flight"
    }
}

extension ServerReport {
    /// Takes note of a cell, and of what follows from all of them.
    fileprivate mutating func add(_ cell: Cell) {
        cells.append(cell)
        best = Self.best(of: cells)
        execution = Self.execution(of: cells)
    }
}
