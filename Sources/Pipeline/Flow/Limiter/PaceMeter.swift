/// Measures how fast a server works while it is kept full, a round of answers at a time.
///
/// A value without a clock. A round ends where a pause precedes an answer, and the next one begins there: a server that
/// works on several requests at once answers in bursts, and half of a burst would say nothing about its pace. Answers to
/// requests that were sent at an earlier setting begin no round; a round in which the server had less to do than it might
/// have had counts for nothing.
struct PaceMeter: Sendable {
    /// A round that is over.
    struct Round: Sendable {
        /// Seconds a unit of weight.
        var pace: Double
        var textsPerSecond: Double
        /// How long a request took, on the average.
        var took: Duration
        /// Whether the server was kept full with requests of the size that the setting allows.
        var isFull: Bool
    }

    /// A round with a larger share of its time in which the server had room is not full.
    private static let tolerance = 0.05

    /// Requests under way that were sent at an earlier setting.
    private var earlier: Int
    private var began: Duration?
    private var lastAnswer: Duration?
    private var answers = 0
    private var small = 0
    private var texts = 0
    private var weight = 0
    /// Answers to requests that were sent when the server was full, and what they tell of its pace: by Little's law it
    /// does as many requests in the time of one as it has in flight.
    private var glances = PaceSamples()
    private var took = Duration.zero
    private var idle = Duration.zero
    private var idleSince: Duration?

    /// - Parameter inFlight: how many requests are under way, none of which counts.
    init(discarding inFlight: Int) {
        earlier = inFlight
    }

    /// Takes note that the server has room from now on, or has none any more.
    mutating func changed(hasRoom: Bool, at now: Duration) {
        if hasRoom {
            idleSince = idleSince ?? now
        } else if let since = idleSince {
            idle += now - since
            idleSince = nil
        }
    }

    /// Takes note that a request of an earlier setting is over.
    mutating func earlierLeft(at now: Duration) {
        earlier -= 1
        lastAnswer = now
    }

    /// The pace as it shows at a glance, after so many answers at least: sooner than by a round, and less surely.
    func glance(after least: Int) -> PaceSamples? {
        glances.count >= least ? glances : nil
    }

    /// Takes note of the answer to a request that was sent when the server was full.
    mutating func glanced(weight: Int, gap: Duration) {
        glances.add(gap / .seconds(max(weight, 1)))
    }

    /// Takes note of an answer.
    ///
    /// - Parameters:
    ///   - took: how long the request took.
    ///   - gap: how far apart answers are on the average.
    ///   - isSmall: whether the request had far fewer texts than it might have had.
    ///   - minimum: the fewest answers a round.
    /// - Returns: the round that ended before this answer, if one did.
    mutating func answered(
        texts: Int,
        weight: Int,
        isSmall: Bool,
        took: Duration,
        gap: Duration,
        minimum: Int,
        at now: Duration
    ) -> Round? {
        defer { lastAnswer = now }
        guard earlier <= 0, let last = lastAnswer else { return nil }
        var round: Round?
        if now - last >= gap / 2 {
            if let began, answers >= minimum {
                round = finished(began, last)
            }
            if began == nil || round != nil { begin(at: last, now) }
        }
        guard began != nil else { return round }
        answers += 1
        small += isSmall ? 1 : 0
        self.took += took
        self.texts += texts
        self.weight += weight
        return round
    }

    private func finished(_ began: Duration, _ end: Duration) -> Round? {
        let seconds = (end - began) / .seconds(1)
        guard seconds > 0 else { return nil }
        return Round(
            pace: seconds / Double(max(weight, 1)),
            textsPerSecond: Double(texts) / seconds,
            took: took / max(answers, 1),
            isFull: idle / (end - began) <= Self.tolerance && small * 4 <= answers
        )
    }

    private mutating func begin(at start: Duration, _ now: Duration) {
        began = start
        (answers, small, texts, weight, took) = (0, 0, 0, 0, .zero)
        idle = .zero
        if idleSince != nil { idleSince = now }
    }
}
