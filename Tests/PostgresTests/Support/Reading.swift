import Pipeline
import Postgres
import TestSupport

extension TestDatabase {
    /// A source of this database.
    ///
    /// - Parameter options: more parameters for the connection string, each after a `&`.
    func source(
        _ query: SourceQuery = .codePatterns,
        options: String = "",
        snapshotWindow: Duration = .seconds(3600),
        clock: ManualClock = ManualClock(),
        reading content: Content = .rows
    ) throws -> PostgresRowSource {
        PostgresRowSource(
            settings: try ConnectionSettings(url + options),
            query: query,
            snapshotWindow: snapshotWindow,
            clock: RunClock(clock),
            reading: content
        )
    }

    /// A source of a query of one's own.
    func source(
        _ sql: String,
        key: KeyType = .bigint,
        options: String = "",
        snapshotWindow: Duration = .seconds(3600),
        clock: ManualClock = ManualClock(),
        reading content: Content = .rows
    ) throws -> PostgresRowSource {
        let query = SourceQuery(name: "test", definition: .sql(sql), key: key)
        return try source(query, options: options, snapshotWindow: snapshotWindow, clock: clock, reading: content)
    }

    /// Looks up rows of this database.
    func lookup(_ query: SourceQuery = .codePatterns) throws -> PostgresRowLookup {
        PostgresRowLookup(settings: try ConnectionSettings(url), query: query, clock: RunClock(ContinuousClock()))
    }

    /// Looks up rows of a query of one's own.
    func lookup(_ sql: String, key: KeyType = .bigint) throws -> PostgresRowLookup {
        try lookup(SourceQuery(name: "test", definition: .sql(sql), key: key))
    }
}

extension ChunkLimit {
    static func rows(_ rows: Int) -> ChunkLimit { ChunkLimit(rows: rows, bytes: .max) }
}

extension PostgresRowSource {
    /// Opens it, reads it to its end and closes it.
    func chunks(after position: Position? = nil, _ limit: ChunkLimit = .rows(100)) async throws -> [Chunk] {
        try await open(after: position)
        let chunks = try await remainingChunks(limit)
        await close()
        return chunks
    }

    func remainingChunks(_ limit: ChunkLimit = .rows(100)) async throws -> [Chunk] {
        var chunks: [Chunk] = []
        while let chunk = try await nextChunk(limit) { chunks.append(chunk) }
        return chunks
    }
}

extension [Chunk] {
    var rows: [Row] { flatMap(\.rows) }
    var digests: [RowDigest] { flatMap(\.digests) }
    var rejections: [Rejection] { flatMap(\.rejections) }
    /// The keys of the rows, in the order they came in.
    var keys: [String] { rows.map(\.key.description) }
}

extension Bytes {
    var string: String { String(decoding: self, as: UTF8.self) }
    /// In lower-case hexadecimal digits.
    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
