public import Pipeline

/// A sample of keys that are met one after another, of whatever number: the same ones each time, as long as they are
/// there, so that two benchmarks of one table embed the same texts.
public struct KeySample: Sendable {
    private let capacity: Int
    /// The keys with the smallest hashes, by their hashes: an order that has nothing to do with that of the keys.
    private var smallest: [(hash: UInt64, key: RowKey)] = []

    public init(capacity: Int) {
        self.capacity = capacity
    }

    public var keys: [RowKey] { smallest.map(\.key) }

    public mutating func add(_ key: RowKey) {
        let hash = Self.hash(key)
        if smallest.count == capacity {
            guard let last = smallest.last, hash < last.hash else { return }
            smallest.removeLast()
        }
        let place = smallest.firstIndex { $0.hash > hash } ?? smallest.endIndex
        smallest.insert((hash, key), at: place)
    }

    /// FNV-1a, mixed once more: neighbouring numbers are to be far apart.
    private static func hash(_ key: RowKey) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key.description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        return hash ^ (hash >> 31)
    }
}
