/// A collection's points: vectors in blocks, payloads as the bytes they came in.
struct PointTable: Sendable {
    /// Vectors in a block, so that growing never copies what is there.
    private static let blockSize = 1024

    let dimension: Int
    private var slots: [PointID: Int] = [:]
    private var ids: [PointID] = []
    private var versions: [UInt64] = []
    private var payloads: [[UInt8]] = []
    private var blocks: [[Float]] = []
    private var free: [Int] = []
    private var order = SortedIDs()

    init(dimension: Int) {
        self.dimension = dimension
    }

    var count: Int { slots.count }

    func slot(of id: PointID) -> Int? { slots[id] }

    /// The payload as JSON text; empty where there is none.
    func payload(_ slot: Int) -> [UInt8] { payloads[slot] }

    func version(_ slot: Int) -> UInt64 { versions[slot] }

    func withVector<Result>(_ slot: Int, _ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        blocks[slot / Self.blockSize].withUnsafeBufferPointer { block in
            let start = slot % Self.blockSize * dimension
            return body(UnsafeBufferPointer(rebasing: block[start..<start + dimension]))
        }
    }

    /// Stores a point whole, in place of one with the same id.
    ///
    /// - Parameters:
    ///   - vector: `dimension` components.
    ///   - format: makes of them what is stored; nil for those that were stored before.
    mutating func upsert(
        _ id: PointID,
        vector: UnsafeBufferPointer<Float>,
        payload: [UInt8],
        version: UInt64,
        format: VectorFormat?
    ) {
        let slot = slots[id] ?? newSlot(for: id)
        versions[slot] = version
        payloads[slot] = payload
        blocks[slot / Self.blockSize].withUnsafeMutableBufferPointer { block in
            let start = slot % Self.blockSize * dimension
            let stored = UnsafeMutableBufferPointer(rebasing: block[start..<start + dimension])
            _ = stored.update(from: vector)
            format?.prepare(stored)
        }
    }

    mutating func setPayload(_ slot: Int, to payload: [UInt8], version: UInt64) {
        payloads[slot] = payload
        versions[slot] = version
    }

    /// - Returns: whether there was such a point.
    mutating func remove(_ id: PointID) -> Bool {
        guard let slot = slots.removeValue(forKey: id) else { return false }
        payloads[slot] = []
        free.append(slot)
        return true
    }

    /// The ids in their order, from `first` on.
    mutating func sortedIDs(from first: PointID? = nil) -> some Sequence<PointID> {
        order.settle()
        let start = first.map { order.index(of: $0) } ?? 0
        let slots = slots
        return order.ids[start...].lazy.filter { slots[$0] != nil }
    }

    private mutating func newSlot(for id: PointID) -> Int {
        order.insert(id)
        if let slot = free.popLast() {
            ids[slot] = id
            slots[id] = slot
            return slot
        }
        let slot = ids.count
        slots[id] = slot
        ids.append(id)
        versions.append(0)
        payloads.append([])
        if slot / Self.blockSize == blocks.count {
            blocks.append(Array(repeating: 0, count: Self.blockSize * dimension))
        }
        return slot
    }
}

/// Ids in order, kept cheaply while points come and go: new ones wait until the order is asked for, and removed ones
/// stay until then for the reader to pass over.
struct SortedIDs: Sendable {
    private(set) var ids: [PointID] = []
    private var pending: [PointID] = []

    mutating func insert(_ id: PointID) {
        if pending.isEmpty, ids.last.map({ $0 < id }) ?? true {
            ids.append(id)
        } else {
            pending.append(id)
        }
    }

    /// Merges what waits.
    mutating func settle() {
        guard !pending.isEmpty else { return }
        pending.sort()
        var merged: [PointID] = []
        merged.reserveCapacity(ids.count + pending.count)
        var (left, right) = (0, 0)
        while left < ids.count || right < pending.count {
            let takesLeft = right == pending.count || left < ids.count && ids[left] <= pending[right]
            let next = takesLeft ? ids[left] : pending[right]
            if takesLeft { left += 1 } else { right += 1 }
            // A point that was removed and came back is in both.
            if merged.last != next { merged.append(next) }
        }
        ids = merged
        pending = []
    }

    /// Where the first id that is not before `id` stands.
    func index(of id: PointID) -> Int {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
