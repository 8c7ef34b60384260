import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct WaitingTests {
    @Test func `cancelling ends a read that waits, and its statement`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...5))
            try await database.makeGate()
            let source = try database.source(ItemTable.query + " WHERE gate()")
            try await source.open(after: nil)
            try await database.shutGate()
            let clock = ContinuousClock()
            let reading = Task { () -> (PipelineError?, ContinuousClock.Instant) in
                let error = await #expect(throws: PipelineError.self) { _ = try await source.nextChunk(.rows(5)) }
                return (error, clock.now)
            }
            try await database.waitForGate()
            let cancelled = clock.now
            reading.cancel()
            let (error, ended) = await reading.value
            #expect(error == .cancelled)
            // A fraction of a second, but not of a machine that is busy; the statement itself would take a minute.
            #expect(ended - cancelled < .seconds(5))
            try await database.wait(until: "NOT EXISTS (SELECT FROM \(TestDatabase.activity))")
            // A source that was cancelled can be opened once more.
            try await database.openGate()
            #expect(try await source.chunks().keys.count == 5)
        }
    }

    @Test func `a cancelled task reads nothing`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation)
            let source = try database.source(ItemTable.query)
            let opening = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await #expect(throws: PipelineError.self) { try await source.open(after: nil) }
            }
            #expect(await opening.value == .cancelled)
            #expect(try await database.connectionCount() == 0)
        }
    }

    @Test func `waiting for the server keeps no thread of the shared pool`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...5))
            try await database.makeGate()
            let sources = try (1...8).map { _ in try database.source(ItemTable.query + " WHERE gate()") }
            for source in sources { try await source.open(after: nil) }
            try await database.shutGate()
            try await withThrowingTaskGroup { group in
                for source in sources {
                    group.addTask { _ = try await source.nextChunk(.rows(5)) }
                }
                try await database.wait(
                    until: "(SELECT count(*) FROM \(TestDatabase.activity) WHERE wait_event = 'PgSleep') = 8"
                )
                let clock = ContinuousClock()
                var quickest = Duration.seconds(60)
                for _ in 1...5 {
                    let start = clock.now
                    try await Task.sleep(for: .milliseconds(5))
                    quickest = min(quickest, clock.now - start)
                }
                #expect(quickest < .milliseconds(250))
                group.cancelAll()
                await #expect(throws: PipelineError.cancelled) { for try await _ in group {} }
            }
        }
    }
}
