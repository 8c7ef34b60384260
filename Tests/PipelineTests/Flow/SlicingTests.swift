import TestSupport
import Testing

@testable import Pipeline

@Suite
struct SlicingTests {
    @Test func `cuts nothing into no requests`() {
        #expect(Slicing.ranges(of: [], count: 4, bytes: 100) == [])
    }

    @Test func `leaves what fits in one request`() {
        #expect(Slicing.ranges(of: [1, 2, 3], count: 3, bytes: 6) == [0..<3])
    }

    @Test func `cuts evenly rather than leaving a small rest`() {
        let ranges = Slicing.ranges(of: Array(repeating: 1, count: 9), count: 8, bytes: 1_000)
        #expect(ranges.map(\.count).max() == 5)
    }

    @Test func `lets an item that is larger than a request stand alone`() {
        #expect(Slicing.ranges(of: [1, 50, 1, 1], count: 10, bytes: 10) == [0..<1, 1..<2, 2..<4])
        #expect(Slicing.ranges(of: [50], count: 10, bytes: 10) == [0..<1])
        #expect(Slicing.ranges(of: [50, 60], count: 10, bytes: 10) == [0..<1, 1..<2])
    }

    @Test(arguments: SeededRandom.seeds(50))
    func `covers all items in order within both bounds`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<20 {
            let sizes = (0..<Int.random(in: 0...150, using: &random)).map { _ in Int.random(in: 0...40, using: &random)
            }
            let count = Int.random(in: 1...20, using: &random)
            let bytes = Int.random(in: 1...200, using: &random)
            let ranges = Slicing.ranges(of: sizes, count: count, bytes: bytes)

            #expect(ranges.flatMap(\.self) == Array(sizes.indices))
            for range in ranges {
                #expect(!range.isEmpty && range.count <= count)
                #expect(range.count == 1 || sizes[range].reduce(0, +) <= bytes)
            }
        }
    }

    @Test(arguments: [(100, 16), (17, 4), (9, 8), (64, 16), (1, 1), (7, 3)])
    func `needs no more requests than the count demands`(items: Int, count: Int) {
        let ranges = Slicing.ranges(of: Array(repeating: 1, count: items), count: count, bytes: .max)
        #expect(ranges.count == (items + count - 1) / count)
    }

    @Test func `are as even as they can be`() {
        for (items, count) in [(17, 4), (100, 16), (9, 8)] {
            let counts = Slicing.ranges(of: Array(repeating: 1, count: items), count: count, bytes: .max).map(\.count)
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(counts)")
        }
    }
}
