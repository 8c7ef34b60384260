/// Measures the rate of something that is done bit by bit, by the means of equal batches of completions.
///
/// A batch ends where a completion does, so that nothing is counted by halves, and has as many of them as there are in
/// flight or a multiple of it, so that what a server finishes all at once does not look like a change of its pace. When
/// there are many batches, neighbours are joined: batches grow until they say nothing about each other any more, and
/// memory stays constant.
public struct RateMeter: Sendable {
    struct Batch: Sendable, Equatable {
        var units = 0.0
        var seconds = 0.0
    }

    /// Batches from which on neighbours are joined.
    private static let most = 40

    private var batches: [Batch] = []
    private var perBatch: Int
    /// The batch that is not full yet.
    private var open = Batch()
    private var openCount = 0
    private var last: Duration

    /// - Parameters:
    ///   - start: when a completion was that is not to be counted.
    ///   - inFlight: how much is under way at once.
    public init(from start: Duration, inFlight: Int = 1) {
        last = start
        perBatch = max(inFlight, 1)
    }

    /// Takes note of one completion.
    public mutating func completed(units: Int, at now: Duration) {
        open.units += Double(units)
        open.seconds += max(now - last, .zero) / .seconds(1)
        openCount += 1
        last = max(now, last)
        guard openCount == perBatch else { return }
        batches.append(open)
        (open, openCount) = (Batch(), 0)
        if batches.count == Self.most { join() }
    }

    /// Batches that are full.
    var batchCount: Int { batches.count }

    public var estimate: Estimate {
        guard batches.isEmpty else { return .rate(of: batches) }
        return .single(units: open.units, seconds: open.seconds)
    }

    private mutating func join() {
        perBatch *= 2
        batches = stride(from: 0, to: batches.count, by: 2).map { index in
            Batch(
                units: batches[index].units + batches[index + 1].units,
                seconds: batches[index].seconds + batches[index + 1].seconds
            )
        }
    }
}
