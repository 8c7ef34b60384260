/// A comparison of another setting with the one in use: a few rounds at each in turns, so that a server that changes its
/// pace meanwhile does so for both, until the difference stands out from the scatter.
struct Trial: Sendable {
    enum Verdict: Sendable, Equatable {
        case accepted, rejected
    }

    /// What the candidate has to be.
    enum Kind: Sendable, Equatable {
        /// Clearly faster: what is large is found quickly, what is small later.
        case leap
        /// Faster by what is worth having.
        case rise
        /// As fast, with less.
        case saving
    }

    let candidate: LimiterSetting
    let kind: Kind
    /// Rounds at the setting in use.
    private var base: PaceSamples
    /// Rounds at the candidate.
    private(set) var tried = PaceSamples()
    private(set) var isOnCandidate = true
    private var roundsOfTurn = 0
    private var spoiled = 0

    /// Rounds at one setting before it is the other's turn.
    private static let turn = 2

    /// - Parameter base: rounds at the setting in use, of late.
    init(_ candidate: LimiterSetting, _ kind: Kind, against base: PaceSamples) {
        self.candidate = candidate
        self.kind = kind
        self.base = base
    }

    /// How much faster the candidate has been.
    var gain: Double { tried.gain(over: base).gain }

    /// Takes note of a round at the setting whose turn it was.
    ///
    /// - Returns: what has come of it, once it is clear.
    mutating func add(_ round: PaceMeter.Round) -> Verdict? {
        guard round.isFull else {
            spoiled += 1
            // What the source or the sink can feed is not enough to fill it.
            return spoiled >= 4 ? .rejected : nil
        }
        if isOnCandidate { tried.add(round.pace) } else { base.add(round.pace) }
        roundsOfTurn += 1
        if isOnCandidate, let verdict { return verdict }
        if roundsOfTurn >= Self.turn {
            roundsOfTurn = 0
            isOnCandidate.toggle()
        }
        return nil
    }

    private var verdict: Verdict? {
        let (gain, error) = tried.gain(over: base)
        if gain - doubt * error > threshold, tried.count >= Self.turn || gain > 3 * error {
            return .accepted
        }
        if tried.count >= longest { return gain > threshold + error / 2 ? .accepted : .rejected }
        // One round may be a whim, unless it is a clear loss.
        if gain + (tried.count < Self.turn ? 3 : 1) * error < threshold { return .rejected }
        return nil
    }

    /// The gain from which the candidate is taken.
    private var threshold: Double {
        switch kind {
        case .leap: 0.1
        case .rise: 0.02
        case .saving: -0.01
        }
    }

    /// How many standard errors the gain has to stand out.
    private var doubt: Double {
        switch kind {
        case .leap: 1.25
        case .rise: 2.5
        case .saving: 1.5
        }
    }

    /// More rounds at the candidate are not worth their time.
    private var longest: Int { kind == .leap ? 6 : 10 }
}
