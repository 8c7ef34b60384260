extension ServerReport {
    /// How the server works at several texts that it has at once, as its cells tell; nil where they are too few.
    ///
    /// - Several large requests at once are answered faster than one after another: parallel.
    /// - Single texts gain nothing by being in flight together, and all by being in one request: batching.
    /// - Single texts gain as much in flight together as in one request: either the server works at several texts of
    ///   whichever request, or what is gained is the time that each request spends on its way. Then four texts in one
    ///   request take nearly four times as long as one, once that time is taken off.
    public static func execution(of cells: [Cell]) -> Execution? {
        let cells = cells.filter { $0.textsPerSecond.mean > 0 }
        guard let texts = cells.map(\.setting.texts).min(), let inFlight = cells.map(\.setting.inFlight).min(),
            let base = cells.first(where: { $0.setting == Setting(texts: texts, inFlight: inFlight) })
        else { return nil }
        let alone = cells.filter { $0.setting.inFlight == inFlight }
        let together = cells.filter { $0.setting.texts == texts && $0.setting.inFlight > inFlight }
        guard !together.isEmpty else { return nil }
        if gainOfLargestRequests(cells, over: alone) >= doubled { return .parallel }
        let byFlight = gain(of: together, over: base)
        guard let larger = alone.filter({ $0.setting.texts > texts }).min(by: { $0.setting.texts < $1.setting.texts })
        else { return byFlight >= doubled ? .parallel : .serial }
        let byTexts = gain(of: alone, over: base)
        guard byTexts >= noticeable else { return byFlight >= doubled ? .parallel : .serial }
        // Being in flight together gains little of what it could: no more than there were in flight.
        let most = Double(together.map(\.setting.inFlight).max() ?? inFlight) / Double(inFlight)
        guard byFlight >= noticeable, byFlight > min(byTexts, most) * 0.6 else { return .batching }
        let growth = larger.latency.p50 / base.latency.p50
        let expected = (Double(larger.setting.texts) / Double(texts) - 1 + byTexts) / byTexts
        return growth < expected * 0.9 ? .parallel : .serial
    }

    /// From this ratio on a gain is one of the server's, not of chance.
    private static let noticeable = 1.4
    /// Two requests in flight gain less than this even at a serial server, by what is done for one on its way and at its
    /// sender while the server works at the other.
    private static let doubled = 1.7

    private static func gain(of cells: [Cell], over base: Cell) -> Double {
        (cells.map(\.textsPerSecond.mean).max() ?? 0) / base.textsPerSecond.mean
    }

    /// What the largest requests gain that were sent several at once: the time on their way is next to nothing for them.
    private static func gainOfLargestRequests(_ cells: [Cell], over alone: [Cell]) -> Double {
        let pairs = alone.compactMap { single -> (texts: Int, gain: Double)? in
            let several = cells.filter {
                $0.setting.texts == single.setting.texts && $0.setting.inFlight > single.setting.inFlight
            }
            return several.isEmpty ? nil : (single.setting.texts, gain(of: several, over: single))
        }
        // With no larger requests than the smallest, their gain may be that of the way.
        guard pairs.count > 1 else { return 1 }
        return pairs.max { $0.texts < $1.texts }?.gain ?? 1
    }
}
