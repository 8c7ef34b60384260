import Glibc
import Pipeline
import TestSupport
import Testing

@testable import Postgres

@Suite(.enabled(if: TestDatabase.isAvailable))
struct ConnectionTests {
    // In a process of its own, where nothing else opens and closes descriptors.
    @Test func `connections that fail or end leave no descriptor open`() async {
        await #expect(processExitsWith: .success) {
            let url = try #require(getenv("TEST_DATABASE_URL").map { String(cString: $0) })
            let wakeUp = WakeUp()
            for options in ["", "&dbname=no_such_database", "&host=/nowhere", "&sslmode=require&host=127.0.0.1&port=1"]
            {
                let settings = try ConnectionSettings(url + options)
                // The first attempt of each kind may open what all share.
                _ = try? connect(settings, wakeUp)
                let before = openDescriptors()
                for _ in 1...50 { _ = try? connect(settings, wakeUp) }
                #expect(openDescriptors() == before)
            }
        }
    }

    @Test func `sources leave no descriptor open, whether closed or dropped`() async {
        await #expect(processExitsWith: .success) {
            let url = try #require(getenv("TEST_DATABASE_URL").map { String(cString: $0) })
            let settings = try ConnectionSettings(url)
            let sql = "SELECT i AS id, 'x' AS text, '{}' AS payload FROM generate_series(1, 5) AS i"
            let query = SourceQuery(name: "test", definition: .sql(sql), key: .bigint)
            // The first one makes what all share.
            var before = 0
            for number in 0...50 {
                if number == 1 { before = openDescriptors() }
                let source = PostgresRowSource(
                    settings: settings,
                    query: query,
                    snapshotWindow: .zero,
                    clock: RunClock(ContinuousClock())
                )
                try await source.open(after: nil)
                _ = try await source.nextChunk(ChunkLimit(rows: 2, bytes: .max))
                if number % 2 == 0 { await source.close() }
            }
            #expect(openDescriptors() - before < 10)
        }
    }

    @Test func `lookups leave no descriptor open, however often they are asked`() async {
        await #expect(processExitsWith: .success) {
            let url = try #require(getenv("TEST_DATABASE_URL").map { String(cString: $0) })
            let sql = "SELECT i AS id, 'x' AS text, '{}' AS payload FROM generate_series(1, 5) AS i"
            let lookup = PostgresRowLookup(
                settings: try ConnectionSettings(url),
                query: SourceQuery(name: "test", definition: .sql(sql), key: .bigint),
                clock: RunClock(ContinuousClock())
            )
            // The first call makes what all share; every other one here ends its connection early.
            var before = 0
            for number in 0...50 {
                if number == 1 { before = openDescriptors() }
                let found = try await lookup.rows(of: [.integer(1), .integer(2)], bytes: number % 2 == 0 ? .max : 1)
                #expect(found.rows.count == (number % 2 == 0 ? 2 : 1))
            }
            #expect(openDescriptors() - before < 10)
        }
    }
}

private func connect(_ settings: ConnectionSettings, _ wakeUp: WakeUp) throws(PipelineError) {
    _ = try Connection.open(settings, wakeUp: wakeUp, clock: RunClock(ContinuousClock()))
}

private func openDescriptors() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
}
