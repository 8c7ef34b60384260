/// How long a request to one embedding server may take, by how long the last ones took.
///
/// A value without a clock. The first answer of a server, and the first one after a failure or a pause, may have to wait
/// until its model is loaded; after that a server that takes many times longer than ever lately has got stuck.
struct LatencyEstimate: Sendable {
    /// Long enough for a large model to be loaded.
    static let untried: Duration = .seconds(300)
    /// No deadline is shorter: a busy machine may pause for a while.
    static let shortest: Duration = .seconds(30)
    /// No deadline is longer.
    static let longest: Duration = .seconds(1_800)
    /// A server that was idle for longer may have unloaded its model.
    static let idleness: Duration = .seconds(60)

    /// A request may take so many times longer than the slowest one of late.
    private static let margin = 8.0
    /// What a text costs beside its bytes, in bytes.
    private static let weightOfText = 256
    /// How many answers "of late" are.
    private static let memory = 32

    /// Seconds a unit of weight, of the last answers.
    private var paces: [Double] = []
    private var next = 0
    private var lastAnswer: Duration?

    /// How much work texts are: their bytes, and a constant for each.
    static func weight(ofTexts count: Int, bytes: Int) -> Int {
        bytes + count * weightOfText
    }

    /// Takes note of an answer.
    mutating func answered(weight: Int, took: Duration, at now: Duration) {
        lastAnswer = now
        note(took / .seconds(max(weight, 1)))
    }

    /// Takes note that no answer had come for so long when it was no longer waited for.
    mutating func overtaken(weight: Int, after time: Duration) {
        // The next one is given that time before it is thought to be late.
        if time > usual(weight: weight) ?? .zero { note(time / .seconds(max(weight, 1))) }
    }

    private mutating func note(_ pace: Double) {
        if paces.count < Self.memory {
            paces.append(pace)
        } else {
            paces[next] = pace
            next = (next + 1) % Self.memory
        }
    }

    /// What a request of this weight takes of late, on average; nil while nothing is known.
    func usual(weight: Int) -> Duration? {
        guard !paces.isEmpty else { return nil }
        return .seconds(paces.reduce(0, +) / Double(paces.count) * Double(weight))
    }

    /// Takes note of a failure: nothing is known of the server until it answers again.
    mutating func failed() {
        lastAnswer = nil
    }

    /// Whether the server has answered within the last minute and not failed since.
    func isFresh(at now: Duration) -> Bool {
        lastAnswer.map { now - $0 <= Self.idleness } ?? false
    }

    /// How long a request of this weight may take that is sent now.
    ///
    /// - Parameter loading: how long it may take at least where the model may have to be loaded first.
    func deadline(weight: Int, at now: Duration, loading: Duration = untried) -> Duration {
        let expected = Duration.seconds((paces.max() ?? 0) * Double(weight)) * Self.margin
        let least = isFresh(at: now) ? Self.shortest : max(loading, Self.shortest)
        return min(max(expected, least), Self.longest)
    }
}
