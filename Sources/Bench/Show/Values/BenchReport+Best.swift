extension BenchReport {
    /// What its embedding servers reached together, each at its best setting.
    var textsPerSecond: Estimate? {
        let best = servers.compactMap(\.bestCell?.textsPerSecond)
        return best.isEmpty ? nil : .sum(best)
    }

    func stage(_ name: StageReport.Name) -> StageReport? { stages.first { $0.name == name } }

    /// What a sync can count on: what was seen of it, or else what the servers reached.
    var rowsPerSecond: Double? {
        for rate in [stage(.pipeline)?.measured?.mean, recommendation?.textsPerSecond, textsPerSecond?.mean] {
            if let rate, rate.isFinite, rate > 0 { return rate }
        }
        return nil
    }
}

extension StageReport {
    /// Nil where it could not be measured.
    var measured: Estimate? { rowsPerSecond.mean > 0 && rowsPerSecond.mean.isFinite ? rowsPerSecond : nil }
}

extension ServerReport {
    /// The cell of the best setting; without one, the fastest.
    var bestCell: Cell? {
        let choice = Self.choice(of: cells)
        if let best, let cell = choice.last(where: { $0.setting == best }) { return cell }
        return choice.max { $0.textsPerSecond.mean < $1.textsPerSecond.mean }
    }

    /// The fastest cell's rate: what others are compared with.
    var peak: Double { cells.filter(\.hasAnswers).map(\.textsPerSecond.mean).max() ?? 0 }
}
