internal import DequeModule

/// Items on their way to the sink, in as many parts as it takes, and what became of them.
struct Delivery<Item: Sendable>: Sendable {
    /// Items that are sent together.
    struct Part: Sendable {
        let items: ArraySlice<Item>
        var suspicion: Suspicion
        /// What shows that the sink was well since the part last failed.
        var evidence = Suspicion.Evidence.none

        init(_ items: ArraySlice<Item>) {
            self.items = items
            suspicion = Suspicion(of: items.count)
        }
    }

    /// What is still to be sent, in this order.
    var parts: Deque<Part>
    var batch = Batch()
    /// Items that are at fault.
    private(set) var refused: [(item: Item, error: PipelineError)] = []
    /// One that was taken.
    private(set) var sample: Item?
    /// Whether a part was halved.
    private(set) var hasDivided = false
    /// Since anything was taken.
    var failures = Retrier.Failures()

    init(of items: [Item]) {
        parts = items.isEmpty ? [] : [Part(items[...])]
    }

    /// Takes note that the part was taken, in so many requests.
    ///
    /// - Parameter count: what counts the items.
    mutating func taken(_ part: Part, in requests: Int, counting count: WritableKeyPath<Tally, Int>) {
        batch.tally[keyPath: count] += part.items.count
        batch.tally.upsertRequests += requests
        sample = part.items.last ?? sample
    }

    /// Halves the part; a single item is refused.
    mutating func divide(_ part: Part, _ error: PipelineError) {
        if part.items.count == 1 {
            refused += part.items.map { ($0, error) }
        } else {
            hasDivided = true
            let middle = part.items.startIndex + part.items.count / 2
            parts.prepend(contentsOf: [Part(part.items[..<middle]), Part(part.items[middle...])])
        }
    }
}
