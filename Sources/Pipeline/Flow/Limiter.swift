/// Bounds the requests in flight at one embedding server.
///
/// A fixed bound. It is a value without time or locks, so that what decides about the bound can be tested by itself.
struct Limiter: Sendable {
    /// The most requests in flight.
    let limit: Int
    private(set) var inFlight = 0

    init(limit: Int) {
        precondition(limit > 0, "a server must be allowed one request at least")
        self.limit = limit
    }

    var hasRoom: Bool { inFlight < limit }

    /// 0 when idle, 1 when full.
    var load: Double { Double(inFlight) / Double(limit) }

    mutating func enter() {
        precondition(hasRoom, "more requests than the limiter allows")
        inFlight += 1
    }

    mutating func leave() {
        precondition(inFlight > 0, "a request left that never entered")
        inFlight -= 1
    }
}
