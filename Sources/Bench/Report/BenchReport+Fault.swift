extension BenchReport {
    /// The first thing in it that no benchmark can have measured, in words; nil where all is well. Reports come from files,
    /// too.
    public var fault: String? {
        for server in servers {
            if let load = server.coldLoad, ![load.seconds, load.loadSeconds ?? 0].allSatisfy(\.isAmount) {
                return "the first answer of \(server.name)"
            }
            for cell in server.cells where !cell.isPossible {
                return "\(cell.setting.texts) texts a request, \(cell.setting.inFlight) in flight at \(server.name)"
            }
        }
        for stage in stages where !stage.isPossible { return "the \(stage.name.rawValue)" }
        if let recommendation, !recommendation.isPossible { return "the recommendation" }
        let amounts = [durationSeconds, texts.meanBytes]
        let counts = [machine.processors, model.dimension, model.contextLength ?? 0, texts.count, texts.p95Bytes]
        return amounts.allSatisfy(\.isAmount) && counts.allSatisfy(\.isCount) ? nil : "what was measured, and where"
    }
}

extension Double {
    /// No negative one, and none that is beyond everything; nor what is no number.
    fileprivate var isAmount: Bool { (0...1e15).contains(self) }
}

extension Int {
    fileprivate var isCount: Bool { (0...1_000_000_000_000).contains(self) }
}

extension Estimate {
    fileprivate var isPossible: Bool {
        // The ends are computed, and may be beside by what rounding is.
        let slack = mean * 1e-9
        return [mean, max(low, 0), high].allSatisfy(\.isAmount) && low >= -slack && low <= mean + slack
            && high >= mean - slack && samples.isCount
    }
}

extension ServerReport.Setting {
    fileprivate var isPossible: Bool { [texts, inFlight].allSatisfy { $0 > 0 && $0.isCount } }
}

extension ServerReport.Cell {
    fileprivate var isPossible: Bool {
        let times = [latency.p50, latency.p95, latency.p99, latency.max] + latency.histogram.map(\.upTo)
        return setting.isPossible && textsPerSecond.isPossible
            && ([tokensPerSecond ?? 0, seconds] + times).allSatisfy(\.isAmount)
            && ([requests, errors] + latency.histogram.map(\.count)).allSatisfy(\.isCount)
    }
}

extension StageReport {
    fileprivate var isPossible: Bool { rowsPerSecond.isPossible && rows.isCount && seconds.isAmount }
}

extension BenchReport.Recommendation {
    fileprivate var isPossible: Bool {
        ServerReport.Setting(texts: embedBatch, inFlight: concurrency).isPossible && textsPerSecond.isAmount
    }
}
