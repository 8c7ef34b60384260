import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct ResumeTests {
    @Test func `reads exactly the rest after the end of any chunk`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...23))
            for sql in [ItemTable.query, "SELECT id + 0 AS id, text, payload FROM items"] {
                let chunks = try await database.source(sql).chunks(.rows(4))
                for (index, chunk) in chunks.enumerated() {
                    // Another process would resume.
                    let rest = try await database.source(sql).chunks(after: chunk.end, .rows(5))
                    #expect(rest.keys == Array(chunks[(index + 1)...]).keys)
                }
            }
        }
    }

    @Test func `reads exactly the rest when the row at the position is gone`() async throws {
        try await withDatabase { database in
            try await database.run(PatternTable.creation() + PatternTable.rows(1...20))
            let chunks = try await database.source().chunks(.rows(3))
            for (index, chunk) in chunks.enumerated() {
                try await database.run("DELETE FROM pattern_lineage_nodes WHERE id = '\(chunk.end)'")
                let rest = try await database.source().chunks(after: chunk.end, .rows(3))
                #expect(rest.keys == Array(chunks[(index + 1)...]).keys)
            }
        }
    }

    @Test func `the same source can be opened again at another position`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10))
            let source = try database.source(ItemTable.query)
            #expect(try await source.chunks(after: Position("7"), .rows(2)).keys == ["8", "9", "10"])
            #expect(try await source.chunks(after: nil, .rows(2)).keys.count == 10)
            #expect(try await source.chunks(after: Position("10"), .rows(2)).isEmpty)
        }
    }

    @Test func `a position of another key type is refused`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10))
            let source = try database.source(ItemTable.query)
            let error = await #expect(throws: PipelineError.self) { try await source.chunks(after: Position("abc")) }
            #expect(error?.kind == .setup)
        }
    }
}
