/// Bounds the requests in flight at one embedding server and the texts of each, and finds the best of both by itself.
///
/// A value without time or locks: it is told of each request when it is sent and when it is over, and decides from that
/// alone. What is fixed by the operator stays as it is.
public struct Limiter: Sendable {
    /// A request that is under way.
    public struct Ticket: Sendable {
        public let texts: Int
        fileprivate let weight: Int
        public let sentAt: Duration
        /// Requests in flight when it was sent, itself included.
        fileprivate let inFlight: Int
        /// Which setting it was sent at.
        fileprivate let era: Int
        fileprivate let isSmall: Bool
    }

    /// How a request ended.
    public enum Outcome: Sendable {
        case answered
        /// A text was at fault: how long that took says nothing.
        case textFault
        /// It was never sent.
        case withdrawn
        case failed
        /// The server asked for less.
        case overloaded
        /// The server takes fewer texts at once.
        case tooManyTexts
    }

    /// Requests in flight.
    public private(set) var inFlight = 0
    /// The texts of the requests in flight.
    public private(set) var textsInFlight = 0
    /// How many texts the server does in a second while it has enough to do, as far as it is known.
    public private(set) var textsPerSecond: Double?
    private var search: SettingSearch
    private var meter = PaceMeter(discarding: 0)
    /// The setting that requests are sent at, and how many there were before it.
    private var current: LimiterSetting
    private var era = 0
    /// The first answer may have to wait until the model is loaded, and those to requests that were sent with it.
    private var isWarm = false
    /// Requests of earlier eras say nothing more about too much.
    private var lastBackOff = -1

    /// - Parameters:
    ///   - concurrency: requests in flight.
    ///   - texts: the most texts of a request.
    ///   - mostTexts: what the limiter may choose at most.
    public init(concurrency: Tuning = .automatic, texts: Tuning = .automatic, mostTexts: Int = .max) {
        let most = LimiterSetting.largest
        let initial = LimiterSetting(
            concurrency: concurrency.number ?? LimiterSetting.initial.concurrency,
            texts: texts.number ?? min(LimiterSetting.initial.texts, mostTexts)
        )
        precondition(initial.concurrency > 0 && initial.texts > 0, "a server must be allowed one text at least")
        search = SettingSearch(
            from: initial,
            least: LimiterSetting(concurrency: concurrency.number ?? 1, texts: texts.number ?? 1),
            most: LimiterSetting(
                concurrency: concurrency.number ?? most.concurrency,
                texts: texts.number ?? min(most.texts, mostTexts)
            )
        )
        current = initial
    }

    /// The best setting so far; another one may be tried meanwhile.
    public var chosen: LimiterSetting { search.chosen }

    /// The setting that requests are sent at.
    public var setting: LimiterSetting { current }

    public var hasRoom: Bool { inFlight < current.concurrency }

    /// 0 when idle, 1 when full.
    public var load: Double { Double(inFlight) / Double(current.concurrency) }

    /// Takes note of a request that is sent.
    ///
    /// - Parameter isSmall: whether there was less to send than the setting allows.
    public mutating func enter(texts: Int, weight: Int, isSmall: Bool = false, at now: Duration) -> Ticket {
        precondition(hasRoom, "more requests than the limiter allows")
        inFlight += 1
        textsInFlight += texts
        meter.changed(hasRoom: hasRoom, at: now)
        return Ticket(
            texts: texts,
            weight: weight,
            sentAt: now,
            inFlight: inFlight,
            era: era,
            isSmall: isSmall
        )
    }

    /// Takes note of a request that is over.
    public mutating func leave(_ ticket: Ticket, _ outcome: Outcome, at now: Duration) {
        precondition(inFlight > 0, "a request left that never entered")
        inFlight -= 1
        textsInFlight -= ticket.texts
        switch outcome {
        case .answered: answered(ticket, now)
        case .withdrawn, .textFault: begin(now) { _ in }
        case .failed:
            // It may have to load its model again.
            isWarm = false
            begin(now) { _ in }
        case .overloaded where ticket.era <= lastBackOff: meter.earlierLeft(at: now)
        case .overloaded:
            begin(now) { [inFlight] in $0.backOff(from: inFlight + 1) }
            lastBackOff = era - 1
        case .tooManyTexts:
            begin(now) { $0.limit(texts: ticket.texts / 2) }
        }
        meter.changed(hasRoom: hasRoom, at: now)
    }

    private mutating func answered(_ ticket: Ticket, _ now: Duration) {
        guard isWarm else {
            isWarm = true
            return begin(now) { _ in }
        }
        guard ticket.era == era else { return meter.earlierLeft(at: now) }
        let took = now - ticket.sentAt
        let gap = took / ticket.inFlight
        if textsPerSecond == nil, gap > .zero { textsPerSecond = Double(ticket.texts) / (gap / .seconds(1)) }
        let before = current
        if 4 * ticket.inFlight >= 3 * current.concurrency, !ticket.isSmall {
            meter.glanced(weight: ticket.weight, gap: gap)
            if let pace = meter.glance(after: max(current.concurrency / 4, 2)) { search.glance(pace, took: took) }
            if search.setting != before { return begin(now) { _ in } }
        }
        let round = meter.answered(
            texts: ticket.texts,
            weight: ticket.weight,
            isSmall: ticket.isSmall,
            took: took,
            gap: gap,
            minimum: max(current.concurrency, 2),
            at: now
        )
        guard let round else { return }
        if round.isFull {
            textsPerSecond = textsPerSecond.map { $0 + (round.textsPerSecond - $0) / 4 } ?? round.textsPerSecond
        }
        search.add(round)
        if search.setting != before { begin(now) { _ in } }
    }

    /// Begins to measure anew.
    private mutating func begin(_ now: Duration, _ change: (inout SettingSearch) -> Void) {
        change(&search)
        current = search.setting
        era += 1
        meter = PaceMeter(discarding: inFlight)
    }
}
