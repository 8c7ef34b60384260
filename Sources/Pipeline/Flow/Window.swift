internal import DequeModule

/// The chunks in flight, in the order they were read, and the low-water mark below them.
///
/// Chunks finish out of order; only those that no unfinished one precedes leave the window. Finished chunks that wait
/// for an older one keep their place, so that one slow chunk stops the reading instead of filling the memory. What they
/// weigh counts only until they finish, since nothing is kept of them then but counts.
struct Window<Result: Sendable>: Sendable {
    /// Names a chunk in the window.
    struct Ticket: Sendable, Hashable {
        fileprivate let number: Int
    }

    private struct Entry {
        let end: Position
        let bytes: Int
        var result: Result?
    }

    /// The most chunks at once.
    let capacity: Int
    /// The most bytes at once of chunks that are not finished; one that is larger has to be alone.
    let byteCapacity: Int
    private var bytesInFlight = 0
    private var entries: Deque<Entry> = []
    /// The number of the first entry.
    private var first = 0

    init(capacity: Int, byteCapacity: Int = .max) {
        precondition(capacity > 0 && byteCapacity > 0, "a window must have room for a chunk")
        self.capacity = capacity
        self.byteCapacity = byteCapacity
    }

    /// Whether there may be room for one more chunk: how large it is shows when it is read.
    var hasRoom: Bool { hasRoom(for: 1) }
    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// Whether a chunk of so many bytes may be taken in.
    func hasRoom(for bytes: Int) -> Bool {
        entries.count < capacity && (bytesInFlight == 0 || bytes <= byteCapacity - bytesInFlight)
    }

    /// Takes in the chunk that ends at `end`.
    mutating func admit(end: Position, bytes: Int = 0) -> Ticket {
        precondition(hasRoom(for: bytes), "a chunk was taken in without room for it")
        bytesInFlight += bytes
        entries.append(Entry(end: end, bytes: bytes, result: nil))
        return Ticket(number: first + entries.count - 1)
    }

    /// Takes note that a chunk is done.
    ///
    /// - Returns: the chunks that are now below the low-water mark, oldest first, with the mark each one moves it to.
    mutating func finish(_ ticket: Ticket, with result: Result) -> [(end: Position, result: Result)] {
        let index = ticket.number - first
        precondition(entries.indices.contains(index), "a chunk finished that is not in the window")
        precondition(entries[index].result == nil, "a chunk finished twice")
        entries[index].result = result
        bytesInFlight -= entries[index].bytes
        var done: [(end: Position, result: Result)] = []
        while let oldest = entries.first, let result = oldest.result {
            done.append((oldest.end, result))
            entries.removeFirst()
            first += 1
        }
        return done
    }
}
