import TestSupport

@testable import Pipeline

/// Runs a `Dispatcher` against simulated servers, in a time of its own: the next event is always now.
struct Simulation {
    struct Outcome {
        /// Until the last answer.
        var seconds = 0.0
        /// By server.
        var texts: [Int] = []
        var refusals = 0
        var settings: [LimiterSetting] = []
        var rate: Double { Double(texts.reduce(0, +)) / seconds }
    }

    private enum Event {
        case arrived(Dispatcher.Assignment)
        case done(Dispatcher.Assignment)
        case answered(Dispatcher.Assignment, isRefusal: Bool)
        case rested(server: Int, since: Duration)
    }

    private struct Site {
        var working = 0
        var queue: [Dispatcher.Assignment] = []
        var inFlight: Int { working + queue.count }
    }

    /// The age of texts that only try how a server is.
    private static let trial = 0

    private let servers: [ServerModel]
    private let chunk: Int
    private let window: Int
    private var dispatcher: Dispatcher
    private var random: SeededRandom
    private var sites: [Site]
    /// The last one is the next.
    private var events: [(time: Double, event: Event)] = []
    private var now = 0.0
    private var unread = 0
    /// Texts of each chunk that are not answered yet.
    private var open: [Int: Int] = [:]
    private var outcome = Outcome()

    /// - Parameters:
    ///   - chunk: texts that come together.
    ///   - window: chunks that are under way at once.
    init(
        _ servers: [ServerModel],
        concurrency: Tuning = .automatic,
        texts: Tuning = .automatic,
        chunk: Int = 100,
        window: Int? = nil,
        seed: UInt64 = 1
    ) {
        self.servers = servers
        self.chunk = chunk
        self.window = window ?? 2 + 6 * servers.count
        random = SeededRandom(seed: seed)
        sites = servers.map { _ in Site() }
        outcome.texts = servers.map { _ in 0 }
        let states = servers.map { server in
            EndpointState(Endpoint(FakeEmbedder(server.name), limit: concurrency), texts: texts, mostTexts: chunk)
        }
        dispatcher = Dispatcher(states, requestBytes: .max)
    }

    /// Embeds so many texts.
    func run(_ texts: Int) -> Outcome {
        var run = self
        run.unread = texts
        run.read()
        run.dispatch()
        while let (time, event) = run.events.popLast() {
            run.now = time
            run.take(event)
            run.read()
            run.dispatch()
        }
        run.outcome.settings = run.dispatcher.servers.map(\.chosen)
        return run.outcome
    }

    private var clock: Duration { .seconds(now) }

    private mutating func at(_ time: Double, _ event: Event) {
        var place = events.count
        while place > 0, events[place - 1].time <= time { place -= 1 }
        events.insert((time, event), at: place)
    }

    private mutating func read() {
        while unread > 0, open.count < window {
            let count = min(chunk, unread)
            unread -= count
            open[dispatcher.add(Array(repeating: 1_000, count: count), isDivisible: true)] = count
        }
        dispatcher.expectsMore = unread > 0
    }

    private mutating func dispatch() {
        while let request = dispatcher.next(at: clock) {
            at(now + servers[request.server].latency / 2, .arrived(request))
        }
    }

    private mutating func take(_ event: Event) {
        switch event {
        case .arrived(let request):
            let server = request.server
            guard sites[server].inFlight < servers[server].room else {
                return at(now + servers[server].latency / 2, .answered(request, isRefusal: true))
            }
            sites[server].queue.append(request)
            work(server)
        case .done(let request):
            sites[request.server].working -= 1
            at(now + servers[request.server].latency / 2, .answered(request, isRefusal: false))
            work(request.server)
        case .answered(let request, true): refused(request)
        case .answered(let request, false): answered(request)
        case .rested(let server, let since):
            guard dispatcher.servers[server].restBegan == since else { return }
            dispatcher.servers[server].restsUntil = nil
            if dispatcher.isAnyAvailable(beside: server, at: clock) {
                _ = dispatcher.add([1], isDivisible: false, of: server, age: Self.trial)
            }
        }
    }

    private mutating func work(_ server: Int) {
        while sites[server].working < servers[server].slots, !sites[server].queue.isEmpty {
            let inFlight = sites[server].inFlight
            let request = sites[server].queue.removeFirst()
            sites[server].working += 1
            let end = servers[server].end(of: request.texts.count, from: now, inFlight: inFlight, &random)
            at(end, .done(request))
        }
    }

    private mutating func answered(_ request: Dispatcher.Assignment) {
        dispatcher.servers[request.server].answered(request, .answered, at: clock)
        guard request.age != Self.trial else { return }
        outcome.seconds = now
        outcome.texts[request.server] += request.texts.count
        // A chunk is known by its age, whatever offer its texts came by in the end.
        open[request.age, default: 0] -= request.texts.count
        if open[request.age] == 0 { open[request.age] = nil }
    }

    private mutating func refused(_ request: Dispatcher.Assignment) {
        outcome.refusals += 1
        let rest = dispatcher.servers[request.server].failed(
            request,
            isOverloaded: true,
            isForgivable: true,
            at: clock
        ) { .milliseconds(125 << min($0, 6)) }
        if let rest { at(now + rest / .seconds(1), .rested(server: request.server, since: clock)) }
        guard request.age != Self.trial else { return }
        _ = dispatcher.add(
            Array(repeating: 1_000, count: request.texts.count),
            isDivisible: false,
            age: request.age
        )
    }
}
