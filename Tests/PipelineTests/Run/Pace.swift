import Pipeline
import TestSupport
import Threading

/// Lets other tasks go first, a number of times that depends on the seed and the call: an order of completion that is
/// different for each seed.
enum Pace {
    static func pause(seed: UInt64, _ call: Int) async {
        var random = SeededRandom(seed: seed &+ UInt64(call))
        for _ in 0..<Int.random(in: 0...30, using: &random) { await Task.yield() }
    }
}

/// The keys of some points, batch by batch.
final class RecordedKeys: Sendable {
    private let batches = Locked<[[RowKey]]>([])

    var all: [[RowKey]] { batches.withLock { $0 } }

    func add(_ keys: [RowKey]) {
        batches.withLock { $0.append(keys) }
    }
}
