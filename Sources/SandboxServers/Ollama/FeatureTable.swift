#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Counts weighted features by their hashes, in one open-addressed table that is used again for text after text.
struct FeatureTable {
    private struct Entry {
        var hash: UInt64 = 0
        var weight: Float = 0
        var count: Int32 = 0
    }

    private var entries: [Entry] = Array(repeating: Entry(), count: 4096)
    private var used: [Int32] = []

    mutating func add(_ hash: UInt64, weight: Float) {
        if used.count * 2 > entries.count { grow() }
        let mask = entries.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while entries[slot].count > 0 {
            if entries[slot].hash == hash {
                entries[slot].count += 1
                return
            }
            slot = (slot + 1) & mask
        }
        entries[slot] = Entry(hash: hash, weight: weight, count: 1)
        used.append(Int32(truncatingIfNeeded: slot))
    }

    /// Adds each feature, with weight times 1 + log of its count, to the component and with the sign that its hash and
    /// the salt choose; then forgets them all.
    mutating func drain(into vector: UnsafeMutableBufferPointer<Float>, salt: UInt64) {
        let dimension = UInt64(vector.count)
        for slot in used {
            let entry = entries[Int(slot)]
            let frequency = entry.count == 1 ? 1 : 1 + logf(Float(entry.count))
            let hash = entry.hash ^ salt
            let component = Int(((hash >> 32) * dimension) >> 32)
            vector[component] += hash & 1 == 0 ? entry.weight * frequency : -entry.weight * frequency
            entries[Int(slot)].count = 0
        }
        used.removeAll(keepingCapacity: true)
    }

    private mutating func grow() {
        let old = entries
        let slots = used
        entries = Array(repeating: Entry(), count: old.count * 2)
        used.removeAll(keepingCapacity: true)
        let mask = entries.count - 1
        for slot in slots {
            let entry = old[Int(slot)]
            var target = Int(truncatingIfNeeded: entry.hash) & mask
            while entries[target].count > 0 { target = (target + 1) & mask }
            entries[target] = entry
            used.append(Int32(truncatingIfNeeded: target))
        }
    }
}
