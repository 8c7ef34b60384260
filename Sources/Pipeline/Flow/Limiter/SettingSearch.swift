/// Finds the smallest setting at which a server does about as much as it can: climbs while more is faster, then looks
/// around now and then, more and more seldom while nothing changes.
///
/// A value without a clock, fed with rounds of a `PaceMeter`.
struct SettingSearch: Sendable {
    /// A step from the setting in use to another one.
    private enum Move: Int, CaseIterable, Sendable {
        case doubleConcurrency, doubleTexts, raiseConcurrency, raiseTexts, lowerConcurrency, lowerTexts

        /// The first round that it is for.
        var start: Int {
            switch self {
            case .doubleConcurrency, .doubleTexts: 0
            case .raiseConcurrency, .raiseTexts: 12
            case .lowerConcurrency, .lowerTexts: 40
            }
        }

        var isRise: Bool { rawValue < Move.lowerConcurrency.rawValue }
        var isOfConcurrency: Bool { rawValue % 2 == 0 }

        func target(from setting: LimiterSetting) -> LimiterSetting {
            var target = setting
            switch self {
            case .doubleConcurrency: target.concurrency *= 2
            case .doubleTexts: target.texts *= 2
            case .raiseConcurrency: target.concurrency += (setting.concurrency + 1) / 2
            case .raiseTexts: target.texts += (setting.texts + 1) / 2
            case .lowerConcurrency: target.concurrency -= (setting.concurrency + 3) / 4
            case .lowerTexts: target.texts -= (setting.texts + 3) / 4
            }
            return target
        }
    }

    /// What has become of a move lately.
    private struct Record: Sendable {
        /// The round from which it may be tried again.
        var due = 0
        /// How often in a row it was in vain.
        var failures = 0
    }

    /// Rounds to wait after a move in vain, doubled each time, and more where it cost something.
    private static let pause = 16
    private static let penalty = 200.0
    /// What a request costs beside its texts is little of so long a time: more texts gain nothing.
    private static let longRequest = Duration.seconds(1)
    /// A pace that differs so much from what it was means that the server, or what else it has to do, has changed.
    private static let change = 0.3
    /// Rounds that tell the pace of late.
    private static let recent = 4

    /// The setting in use; a trial may use another one meanwhile.
    private(set) var chosen: LimiterSetting
    private var trial: Trial?
    private var move: Move?
    private var records = Move.allCases.map { Record(due: $0.start) }
    private var rounds = 0
    /// Whether nothing but large steps are looked for, as long as there are some.
    private var isClimbing = true
    /// The pace at the setting in use as it showed at a glance.
    private var glanced: PaceSamples?
    /// Rounds at the setting in use: of late, and those that it was chosen by.
    private var level = PaceSamples()
    private var reference: Double?
    /// How long a request takes.
    private var took = Duration.zero
    private var lastUpheaval = 0
    private let least: LimiterSetting
    private var most: LimiterSetting

    /// - Parameters:
    ///   - least: no setting is smaller.
    ///   - most: no setting is larger.
    init(from initial: LimiterSetting, least: LimiterSetting, most: LimiterSetting) {
        chosen = initial
        self.least = least
        self.most = most
    }

    /// What is to be used now.
    var setting: LimiterSetting {
        if let trial, trial.isOnCandidate { trial.candidate } else { chosen }
    }

    /// Takes note of a round at the setting that was to be used.
    mutating func add(_ round: PaceMeter.Round) {
        rounds += 1
        took = round.took
        if var trial = self.trial {
            let verdict = trial.add(round)
            self.trial = trial
            if let verdict {
                if verdict == .accepted { glanced = nil }
                end(trial, verdict, trial.tried)
            }
            return
        }
        guard round.isFull else { return }
        if level.count >= 2 * Self.recent { level = PaceSamples(level, keeping: Self.recent) }
        level.add(round.pace)
        noticeChange()
        if level.count >= (isClimbing ? 1 : 2) { beginTrial() }
    }

    /// Takes note of a pace that was seen at a glance. While it climbs, what is half as fast again is not measured longer.
    mutating func glance(_ pace: PaceSamples, took: Duration) {
        guard isClimbing else { return }
        self.took = took
        guard let trial, trial.isOnCandidate else {
            glanced = pace
            // The first step need not wait for a round.
            if trial == nil, rounds == 0, level.count == 0 {
                level = PaceSamples(pace, keeping: 1)
                beginTrial()
            }
            return
        }
        guard let glanced, pace.gain(over: glanced).gain > 0.5 else { return }
        self.glanced = pace
        end(trial, .accepted, PaceSamples(pace, keeping: 1))
        beginTrial()
    }

    /// Takes less at once, because the server asked for it.
    ///
    /// - Parameter inFlight: how many requests it had then.
    mutating func backOff(from inFlight: Int) {
        let wasTrying = trial.map { $0.isOnCandidate && $0.candidate.concurrency > chosen.concurrency } ?? false
        if !wasTrying { chosen.concurrency = max(least.concurrency, min(chosen.concurrency, inFlight) / 2) }
        trial = nil
        level = PaceSamples()
        reference = nil
        for move in Move.allCases where move.isOfConcurrency && move.isRise { postpone(move, by: 3 * Self.pause) }
    }

    /// Takes note that the server takes no more texts at once than these.
    mutating func limit(texts: Int) {
        most.texts = min(most.texts, max(texts, 1))
        chosen.texts = min(chosen.texts, most.texts)
        if let trial, trial.candidate.texts > most.texts { self.trial = nil }
        level = PaceSamples()
    }

    private mutating func beginTrial() {
        // What has just been worth it may be so once more.
        let moves = (move.map { [$0] } ?? []) + Move.allCases
        for move in moves where records[move.rawValue].due <= rounds {
            let target = bounded(move.target(from: chosen))
            guard target != chosen, target.texts <= chosen.texts || took < Self.longRequest else { continue }
            self.move = move
            trial = Trial(target, kind(of: move, to: target), against: level)
            return
        }
        isClimbing = false
    }

    private func kind(of move: Move, to target: LimiterSetting) -> Trial.Kind {
        guard move.isRise else {
            let isBelowStart =
                target.concurrency < LimiterSetting.initial.concurrency
                || target.texts < LimiterSetting.initial.texts
            return isBelowStart ? .rise : .saving
        }
        return isClimbing ? .leap : .rise
    }

    private mutating func end(_ trial: Trial, _ verdict: Trial.Verdict, _ pace: PaceSamples) {
        self.trial = nil
        guard let move else { return }
        switch verdict {
        case .accepted:
            chosen = trial.candidate
            level = pace
            // Elsewhere more may be better now, too; but what was gained is not given back at once.
            for other in Move.allCases where other != move {
                if other.isRise == move.isRise {
                    records[other.rawValue] = Record()
                } else if other.isOfConcurrency == move.isOfConcurrency {
                    postpone(other, by: Self.pause)
                }
            }
        case .rejected:
            postpone(move, by: Self.pause + Int(Self.penalty * max(-trial.gain, 0)))
            self.move = nil
            level = PaceSamples(level, keeping: 1)
        }
        reference = level.mean
    }

    private mutating func postpone(_ move: Move, by pause: Int) {
        records[move.rawValue].due = rounds + pause << min(records[move.rawValue].failures, 4)
        if pause > 0 { records[move.rawValue].failures += 1 }
    }

    /// Looks around anew when the pace is no longer what it was.
    private mutating func noticeChange() {
        guard let reference, level.count >= Self.recent, rounds - lastUpheaval > 2 * Self.pause else { return }
        guard abs(level.mean / reference - 1) > Self.change else { return }
        lastUpheaval = rounds
        self.reference = level.mean
        records = [Record](repeating: Record(), count: Move.allCases.count)
    }

    private func bounded(_ setting: LimiterSetting) -> LimiterSetting {
        LimiterSetting(
            concurrency: min(max(setting.concurrency, least.concurrency), most.concurrency),
            texts: min(max(setting.texts, least.texts), most.texts)
        )
    }
}
