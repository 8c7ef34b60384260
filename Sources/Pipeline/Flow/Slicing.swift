/// Cuts a list into parts that are as even as they can be.
enum Slicing {
    /// Consecutive ranges that cover `sizes`, each of at most `count` items and `bytes` bytes; a single item that is
    /// larger stands alone. Ranges are as even as they can be, since the slowest request decides when a chunk is done.
    static func ranges(of sizes: [Int], count: Int, bytes: Int) -> [Range<Int>] {
        precondition(count > 0 && bytes > 0, "a request must have room for one item")
        guard !sizes.isEmpty else { return [] }
        var even = evenShare(of: sizes.count, atMost: count)
        var ranges: [Range<Int>] = []
        var start = 0
        var weight = 0
        for index in sizes.indices {
            if index > start, index - start == even || weight + sizes[index] > bytes {
                ranges.append(start..<index)
                start = index
                weight = 0
                even = evenShare(of: sizes.count - start, atMost: count)
            }
            weight += sizes[index]
        }
        ranges.append(start..<sizes.count)
        return ranges
    }

    /// How many of the items the first of the fewest possible requests takes.
    static func evenShare(of items: Int, atMost count: Int) -> Int {
        let requests = (items + count - 1) / count
        return (items + requests - 1) / requests
    }
}
