internal import DequeModule

/// Decides which embedding server gets which texts next: a value without a clock, the thinking of `EndpointPool`.
///
/// What waits is served oldest first, by whoever has room; how many texts a request takes is decided when its server is known.
/// When nothing more will come, requests become smaller, so that all servers are done at the same time.
struct Dispatcher: Sendable {
    /// Texts that wait to be sent.
    struct Offer: Sendable {
        let number: Int
        /// Those of a lower age go first.
        let age: Int
        /// The bytes of each text.
        let sizes: [Int]
        /// Whether they may be sent in parts.
        let isDivisible: Bool
        /// The only server that will do; nil when any will.
        let server: Int?
        /// The first text that is not sent yet.
        var next = 0

        var left: Int { sizes.count - next }
    }

    /// Texts that a server may be sent now.
    struct Assignment: Sendable {
        let number: Int
        let offer: Int
        let age: Int
        let texts: Range<Int>
        let weight: Int
        let server: Int
        let ticket: Limiter.Ticket
        /// Whether it probes how a server is that failed.
        let isProbe: Bool
        /// Whether nothing of the offer is left.
        let isLast: Bool
    }

    var servers: [EndpointState]
    /// Whether texts may come beside those that wait.
    var expectsMore = true
    /// The most bytes of a request; a single larger text makes one of its own.
    private let requestBytes: Int
    private var waiting: Deque<Offer> = []
    private var offers = 0
    private var assignments = 0
    private var lastServed = 0

    init(_ servers: [EndpointState], requestBytes: Int) {
        self.servers = servers
        self.requestBytes = requestBytes
    }

    var inFlight: Int { servers.reduce(0) { $0 + $1.inFlight } }
    var isIdle: Bool { waiting.isEmpty }

    /// Whether a server answers, as far as is known, other than this one.
    func isAnyAvailable(beside server: Int? = nil, at now: Duration) -> Bool {
        servers.indices.contains { $0 != server && servers[$0].isAvailable(at: now) }
    }

    /// Takes in texts that are to be sent.
    ///
    /// - Parameter age: of the offer that they come from, where they were leased before; nil for new ones.
    /// - Returns: the number of the offer.
    mutating func add(
        _ sizes: [Int],
        isDivisible: Bool,
        of server: Int? = nil,
        age: Int? = nil
    ) -> Int {
        offers += 1
        let offer = Offer(number: offers, age: age ?? offers, sizes: sizes, isDivisible: isDivisible, server: server)
        let place = waiting.firstIndex { $0.age > offer.age } ?? waiting.endIndex
        waiting.insert(offer, at: place)
        return offer.number
    }

    /// Forgets what is left of an offer.
    mutating func withdraw(_ number: Int) {
        waiting.removeAll { $0.number == number }
    }

    /// The next texts that a server has room for; nil when nothing waits or no server will do.
    mutating func next(at now: Duration) -> Assignment? {
        for place in waiting.indices {
            let offer = waiting[place]
            if let assignment = assign(offer, at: now) {
                if assignment.isLast {
                    waiting.remove(at: place)
                } else {
                    waiting[place].next = assignment.texts.upperBound
                }
                return assignment
            }
            // Where not even any server will do, none has room for those behind.
            if offer.server == nil { return nil }
        }
        return nil
    }

    private mutating func assign(_ offer: Offer, at now: Duration) -> Assignment? {
        let tail = expectsMore ? nil : Tail(servers, left: waiting.reduce(0) { $0 + $1.left }, at: now)
        // The least loaded one; of equals the one after the last served, so that they take turns.
        let order = offer.server.map { [$0] } ?? servers.indices.map { (lastServed + 1 + $0) % servers.count }
        // Nothing waits for a server that fails while others are well.
        let mayProbe = offer.server != nil || !isAnyAvailable(at: now)
        let free = order.filter { index in
            servers[index].hasRoom(at: now) && (mayProbe || servers[index].isAvailable(at: now))
                && (offer.server != nil || tail?.spares(index) != true)
        }
        guard let index = free.min(by: { servers[$0].load < servers[$1].load }) else { return nil }
        lastServed = index
        let most = servers[index].setting.texts
        let count =
            offer.isDivisible ? Slicing.evenShare(of: offer.left, atMost: tail?.texts(for: index) ?? most) : offer.left
        let (texts, bytes) = cut(offer, count)
        let weight = LatencyEstimate.weight(ofTexts: texts.count, bytes: bytes)
        // A request that is small for its bytes is as large as they come.
        let isSmall = 2 * texts.count < most && texts.count == count
        let (ticket, isProbe) = servers[index].enter(texts: texts.count, weight: weight, isSmall: isSmall, at: now)
        assignments += 1
        return Assignment(
            number: assignments,
            offer: offer.number,
            age: offer.age,
            texts: texts,
            weight: weight,
            server: index,
            ticket: ticket,
            isProbe: isProbe,
            isLast: texts.upperBound == offer.sizes.count
        )
    }

    /// Assigns the texts of a request to another server as well, which must have room.
    mutating func assignAgain(_ request: Assignment, to server: Int, at now: Duration) -> Assignment {
        let (ticket, isProbe) = servers[server].enter(
            texts: request.texts.count,
            weight: request.weight,
            isSmall: true,
            at: now
        )
        assignments += 1
        return Assignment(
            number: assignments,
            offer: request.offer,
            age: request.age,
            texts: request.texts,
            weight: request.weight,
            server: server,
            ticket: ticket,
            isProbe: isProbe,
            isLast: false
        )
    }

    /// The next `count` texts of the offer, or fewer where they have too many bytes together.
    private func cut(_ offer: Offer, _ count: Int) -> (texts: Range<Int>, bytes: Int) {
        var bytes = 0
        for index in offer.next..<(offer.next + count) {
            if offer.isDivisible, index > offer.next, bytes + offer.sizes[index] > requestBytes {
                return (offer.next..<index, bytes)
            }
            bytes += offer.sizes[index]
        }
        return (offer.next..<(offer.next + count), bytes)
    }
}
