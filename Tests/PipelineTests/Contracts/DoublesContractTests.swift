import Pipeline
import TestSupport
import Testing

/// The doubles keep what the contracts promise, so that a test with them says something about the real ones.
@Suite(.timeLimit(.minutes(5)))
struct DoublesContractTests {
    @Test func `the scripted source is a row source`() async throws {
        let rejected: Set = [2, 3, 11]
        let keys = (0..<12).filter { !rejected.contains($0) }.map { Row.sample($0).key }
        let table = ScriptedTable(count: 12, rejected: rejected)
        let contract = RowSourceContract(
            keys: keys,
            rejected: rejected.count,
            digests: { ScriptedRowSource(table, yieldsDigests: true, snapshotRows: 5) },
            make: { ScriptedRowSource(table, snapshotRows: 5) }
        )
        try await contract.check()
    }

    @Test func `the scripted source reads a snapshot, not what is changed meanwhile`() async throws {
        let table = ScriptedTable(count: 6, without: [1])
        let source = ScriptedRowSource(table, snapshotRows: 4)
        try await source.open(after: nil)
        var chunks: [Chunk] = []
        while let chunk = try await source.nextChunk(ChunkLimit(rows: 2, bytes: .max)) {
            chunks.append(chunk)
            table.put(1)
            table.put(4, text: "changed")
            table.put(5, text: "changed")
            table.put(7)
        }
        #expect(chunks.flatMap(\.rows).map(\.key) == [0, 2, 3, 4, 5, 7].map { .integer($0) })
        #expect(chunks.map(\.snapshot) == [1, 1, 2])
        // Row 4 is of the first snapshot, row 5 of the second.
        #expect(
            chunks.flatMap(\.rows).map { $0.text.string == "changed" } == [false, false, false, false, true, false]
        )
    }

    @Test func `the scripted lookup tells what is there now`() async throws {
        let table = ScriptedTable(count: 6, without: [1], rejected: [2])
        let lookup = ScriptedLookup(table)
        let keys = (0..<6).map { RowKey.integer($0) }
        let existing = try await lookup.existing(keys)
        #expect(existing == [.integer(0), .integer(2), .integer(3), .integer(4), .integer(5)])
        table.put(1)
        table.delete(5)
        let found = try await lookup.rows(of: keys, bytes: .max)
        #expect(found.rows.map(\.key) == [.integer(0), .integer(1), .integer(3), .integer(4)])
        #expect(found.rejections.map(\.key) == ["2"] && found.unread.isEmpty)
        // A single larger row is returned alone.
        let first = try await lookup.rows(of: keys, bytes: 1)
        #expect(first.rows.map(\.key) == [.integer(0)] && first.unread == Array(keys[1...]))
        #expect(lookup.questions == [.existing(keys), .rows(keys), .rows(keys)])
    }

    @Test func `the fake embedder is an embedder`() async throws {
        try await EmbedderContract(FakeEmbedder(), dimension: 3).check()
    }

    @Test func `the sink in memory is a sink`() async throws {
        let sink = InMemorySink()
        let contract = VectorSinkContract(
            sink,
            point: { number in
                let row = Row.sample(number)
                return Point(row: row, vector: FakeEmbedder.vector(of: row.text))
            },
            count: { sink.content.count }
        )
        try await contract.check()
    }

    @Test func `the journal in memory is a journal`() async throws {
        let journal = InMemoryJournal()
        try await JournalContract(open: { journal }, events: { journal.events }).check()
    }

    @Test func `the manual clock wakes only those whose sleep is over`() async throws {
        let clock = ManualClock()
        let woken = Level()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try await clock.sleep(for: .seconds(seconds))
                    woken.change(by: 1)
                }
            }
            await clock.sleepers.reaches(3)
            #expect(clock.nextWake == .seconds(1))
            clock.advance(by: .seconds(2))
            await woken.reaches(2)
            #expect(clock.nextWake == .seconds(1))
            clock.advance(by: .seconds(1))
            try await group.waitForAll()
        }
        #expect(woken.value == 3)
        #expect(clock.now.offset == .seconds(3))
    }
}
