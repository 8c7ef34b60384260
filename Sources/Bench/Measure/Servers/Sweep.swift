/// Chooses which settings of a server are measured, one after another, by what was measured of it so far.
///
/// For each number of requests in flight the requests grow, as long as that gains anything; the number in flight grows as
/// long as that gains anything. Either stops growing after two steps in a row without gain: one alone may be chance. What a
/// server refused once is never tried again, nor more than that.
public struct Sweep: Sendable {
    /// Texts a request, rising.
    public var texts: [Int]
    /// Requests in flight, rising.
    public var inFlight: [Int]
    /// Whether all settings are measured, whatever they gain.
    public var isExhaustive: Bool
    /// A setting is left out where half as large requests take longer than this: little could be seen of it in its time.
    public var longestRequest: Duration

    /// A faster setting is a gain from this ratio on.
    private static let gain = 1.05
    private static let stepsWithoutGain = 2

    public init(
        texts: [Int] = [1, 4, 16, 32, 64, 128],
        inFlight: [Int] = [1, 2, 4, 8],
        isExhaustive: Bool = false,
        longestRequest: Duration = .seconds(2)
    ) {
        self.texts = texts
        self.inFlight = inFlight
        self.isExhaustive = isExhaustive
        self.longestRequest = longestRequest
    }

    /// The next setting to measure; nil when enough is known.
    public func next(after cells: [ServerReport.Cell]) -> ServerReport.Setting? {
        let rates = Dictionary(cells.map { ($0.setting, $0) }) { $1 }
        let refused = cells.filter(\.isRefused).map(\.setting.texts).min() ?? .max
        var best = 0.0
        var rowsWithoutGain = 0
        for inFlight in inFlight {
            var bestOfRow = 0.0
            var stepsWithoutGain = 0
            var before: ServerReport.Cell?
            for texts in texts {
                if !isExhaustive {
                    if stepsWithoutGain == Self.stepsWithoutGain { break }
                    if let before, isTooLong(before) { break }
                }
                let setting = ServerReport.Setting(texts: texts, inFlight: inFlight)
                guard let cell = rates[setting] else {
                    if texts >= refused { break }
                    return setting
                }
                let rate = cell.textsPerSecond.mean
                stepsWithoutGain = rate > bestOfRow * Self.gain ? 0 : stepsWithoutGain + 1
                bestOfRow = max(bestOfRow, rate)
                before = cell
            }
            rowsWithoutGain = bestOfRow > best * Self.gain ? 0 : rowsWithoutGain + 1
            best = max(best, bestOfRow)
            if !isExhaustive, rowsWithoutGain == Self.stepsWithoutGain { break }
        }
        return nil
    }

    /// Whether a request of more texts than the cell's would take too long, or fail as these did.
    private func isTooLong(_ cell: ServerReport.Cell) -> Bool {
        cell.ended == .errors || cell.latency.p50 > longestRequest / .milliseconds(1)
    }
}
