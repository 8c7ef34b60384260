extension ServerReport {
    /// The setting with the smallest requests, then the fewest in flight, among those that are as fast as the fastest:
    /// within their confidence, or within what nobody would notice.
    public static func best(of cells: [Cell]) -> Setting? {
        let cells = choice(of: cells)
        guard let fastest = cells.max(by: { $0.textsPerSecond.mean < $1.textsPerSecond.mean })?.textsPerSecond else {
            return nil
        }
        return cells.map { ($0.setting, $0.textsPerSecond) }
            .filter { isAsFast($1, as: fastest) }
            .map(\.0)
            .min { ($0.texts, $0.inFlight) < ($1.texts, $1.inFlight) }
    }

    /// Those of the cells that can be chosen from: the sound ones; where there is none, all that were answered at all.
    static func choice(of cells: [Cell]) -> [Cell] {
        let answered = cells.filter(\.hasAnswers)
        let sound = answered.filter(\.isSound)
        return sound.isEmpty ? answered : sound
    }

    static func isAsFast(_ rate: Estimate, as fastest: Estimate) -> Bool {
        // A wide interval reaches far, and proves nothing about a setting that is plainly slower.
        rate.mean >= fastest.mean * 0.98 || rate.high >= fastest.low && rate.mean >= fastest.mean * 0.95
    }
}

extension ServerReport.Cell {
    var hasAnswers: Bool { requests > 0 && textsPerSecond.mean > 0 && textsPerSecond.mean.isFinite }

    /// Whether its rate can be relied on: next to no request failed, and it rests on several answers.
    var isSound: Bool {
        hasAnswers && errors * 20 <= requests + errors && textsPerSecond.samples >= LoadMeter.leastBatches
    }

    /// Whether requests of so many texts are more than the server takes.
    public var isRefused: Bool { refused == true }
}
