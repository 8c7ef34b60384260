import Pipeline
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ListedRowSourceTests {
    private static let rejections = [Rejection(key: "-1", reason: "no key"), Rejection(key: "-2", reason: "no key")]

    private static func keys(_ numbers: some Sequence<Int>) -> [RowKey] {
        numbers.map { .integer(UInt64($0)) }
    }

    /// Answers from the other end of the list.
    private struct BackwardLookup: RowLookup {
        let lookup: ScriptedLookup

        func rows(of keys: [RowKey], bytes: Int) async throws(PipelineError) -> FoundRows {
            var found = try await lookup.rows(of: keys.reversed(), bytes: bytes)
            found.unread.reverse()
            return found
        }

        func existing(_ keys: [RowKey]) async throws(PipelineError) -> Set<RowKey> {
            try await lookup.existing(keys)
        }

        func close() async {
            await lookup.close()
        }
    }

    @Test(arguments: [false, true])
    func `is a row source, whatever the order in which rows are found`(isBackward: Bool) async throws {
        // Of the keys that are asked for some have no row, and some one that cannot be accepted.
        let table = ScriptedTable(count: 30, without: [3, 4, 5, 29], rejected: [8, 20])
        let asked = Self.keys(stride(from: 2, to: 32, by: 2).map { $0 } + [3, 5, 7])
        let contract = RowSourceContract(
            keys: Self.keys([2, 6, 10, 12, 14, 16, 18, 22, 24, 26, 28, 7]),
            rejected: 4
        ) {
            let lookup = ScriptedLookup(table)
            return ListedRowSource(
                asked,
                rejections: Self.rejections,
                lookup: isBackward ? BackwardLookup(lookup: lookup) : lookup
            )
        }
        try await contract.check()
    }

    @Test func `reads each row as it is when its turn comes`() async throws {
        let table = ScriptedTable(count: 6)
        let source = ListedRowSource(Self.keys(0..<6), lookup: ScriptedLookup(table))
        try await source.open(after: nil)
        let limit = ChunkLimit(rows: 2, bytes: .max)
        let first = try await source.nextChunk(limit)
        table.put(0, text: "too late")
        table.put(2, text: "changed")
        table.delete(3)
        let second = try await source.nextChunk(limit)
        #expect(first?.rows.map(\.text.string) == ["text of row 0", "text of row 1"])
        #expect(second?.rows.map(\.text.string) == ["changed"])
        #expect(first?.snapshot == 1 && second?.snapshot == 2)
    }

    @Test func `asks for no more than a thousand keys at once`() async throws {
        let lookup = ScriptedLookup(ScriptedTable(count: 2_500))
        let source = ListedRowSource(Self.keys(0..<2_500), lookup: lookup)
        try await source.open(after: nil)
        var counts: [Int] = []
        while let chunk = try await source.nextChunk(ChunkLimit(rows: 5_000, bytes: .max)) {
            counts.append(chunk.rows.count)
        }
        #expect(counts == [1_000, 1_000, 500])
    }

    @Test func `goes on after a fault of the server where it was`() async throws {
        let lookup = ScriptedLookup(ScriptedTable(count: 4)) { call, _ throws(PipelineError) in
            if call == 2 { throw .unavailable() }
        }
        let source = ListedRowSource(Self.keys(0..<4), lookup: lookup)
        try await source.open(after: nil)
        let limit = ChunkLimit(rows: 2, bytes: .max)
        let first = try await source.nextChunk(limit)
        await #expect(throws: PipelineError.self) { try await source.nextChunk(limit) }
        let second = try await source.nextChunk(limit)
        #expect([first, second].map { $0?.rows.map(\.key) } == [Self.keys(0..<2), Self.keys(2..<4)])
        await source.close()
        #expect(lookup.closed.value == 1)
    }
}
