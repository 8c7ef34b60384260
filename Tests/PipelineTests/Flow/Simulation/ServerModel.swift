import TestSupport

/// A model of how an embedding server spends its time. All times are seconds.
struct ServerModel: Sendable {
    var name = "server"
    /// Requests that it works on at once; the others wait, in their order.
    var slots = 1
    var perRequest = 0.001
    var perText = 0.0
    /// Between it and us, there and back: it may work on other requests meanwhile.
    var latency = 0.001
    /// How far a request's time is from the usual one at most, as a share of it.
    var noise = 0.0
    /// How far waves of other work take it off its usual pace, and how long a wave is.
    var wave = 0.0
    var period = 20.0
    /// With more requests than these each takes longer, by `slope` for each one more.
    var knee = Int.max
    var slope = 0.0
    /// It answers 503 to more requests than these.
    var room = Int.max
    /// It does nothing meanwhile.
    var stall: Range<Double> = 0..<0

    /// When it is done with a request that it begins at `start`.
    func end(of texts: Int, from start: Double, inFlight: Int, _ random: inout SeededRandom) -> Double {
        var time = perRequest + perText * Double(texts)
        if inFlight > knee { time *= 1 + slope * Double(inFlight - knee) }
        if noise > 0 { time *= 1 + Double.random(in: -noise...noise, using: &random) }
        // A triangle: as far up as down.
        let phase = (start / period).truncatingRemainder(dividingBy: 1)
        time *= 1 + wave * (phase < 0.5 ? 4 * phase - 1 : 3 - 4 * phase)
        guard start < stall.upperBound, start + time > stall.lowerBound else { return start + time }
        return start + time + stall.upperBound - max(start, stall.lowerBound)
    }
}

extension ServerModel {
    /// As Ollama embeds: one text after another.
    static let serial = ServerModel(name: "serial", perText: 0.02)
    static let fastSerial = ServerModel(name: "fast serial", perRequest: 0.000_2, perText: 0.001)
    static let parallel = ServerModel(name: "4 at once", slots: 4, perText: 0.02)
    /// As vLLM and TEI: what a batch costs is little more than what a text costs.
    static let batching = ServerModel(name: "batching", perRequest: 0.02, perText: 0.000_5)
    static let noisy = ServerModel(name: "noisy", perText: 0.02, noise: 0.3, wave: 0.5)
    static let noisyParallel = ServerModel(name: "noisy, 4 at once", slots: 4, perText: 0.02, noise: 0.2, wave: 0.5)
    static let noisyBatching = ServerModel(
        name: "noisy, batching",
        perRequest: 0.02,
        perText: 0.000_5,
        noise: 0.1,
        wave: 0.5
    )
    static let degrading = ServerModel(name: "degrading", slots: 8, perText: 0.02, knee: 8, slope: 0.05)

    /// The same, farther away.
    var far: ServerModel {
        var far = self
        far.name += ", far"
        far.latency = 0.02
        return far
    }
}
