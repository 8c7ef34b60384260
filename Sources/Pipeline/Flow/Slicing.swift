/// Cuts the rows of a chunk into requests.
enum Slicing {
    /// Consecutive ranges that cover `sizes`, each of at most `count` items and `bytes` bytes; a single item that is
    /// larger stands alone. Ranges are as even as they can be, since the slowest request decides when a chunk is done.
    static func ranges(of sizes: [Int], count: Int, bytes: Int) -> [Range<Int>] {
        precondition(count > 0 && bytes > 0, "a request must have room for one item")
        guard !sizes.isEmpty else { return [] }
        let requests = (sizes.count + count - 1) / count
        let even = (sizes.count + requests - 1) / requests
        var ranges: [Range<Int>] = []
        var start = 0
        var weight = 0
        for index in sizes.indices {
            if index > start, index - start == even || weight + sizes[index] > bytes {
                ranges.append(start..<index)
                start = index
                weight = 0
            }
            weight += sizes[index]
        }
        ranges.append(start..<sizes.count)
        return ranges
    }
}
