internal import Bench
internal import Logging
internal import Pipeline
internal import Postgres

/// The table that a benchmark reads, once it is known to be there.
struct BenchTable: Sendable {
    let feeds: SyncFeeds
    let inspection: SourceInspection
    /// Rows of all of the table, as far as it could be read in a short time.
    let sample: [Row]

    /// Longer than this no keys are read for the sample.
    private static let patience = Duration.seconds(2)
    /// Of text and payload of the sample.
    private static let sampleBytes = 32 << 20

    /// Asks the database what there is, and reads a sample.
    ///
    /// - Parameter patience: waits for a database that is not up yet; nil for one that nobody has said there is.
    /// - Throws: `.setup` when it cannot be read, or there is no row.
    init(_ feeds: SyncFeeds, sampling count: Int, _ patience: Retrier?) async throws(PipelineError) {
        var feeds = feeds
        let source = feeds.source(.rows)
        if let patience {
            inspection = try await patience.run(.source) { () async throws(PipelineError) in
                try await source.inspect()
            }.result
        } else {
            inspection = try await source.inspect()
        }
        await source.close()
        feeds.inspection = inspection
        self.feeds = feeds
        sample = try await Self.rows(of: Self.keys(feeds, count), feeds)
        guard !sample.isEmpty else {
            throw PipelineError(.setup, "the query has no row in \(inspection.database) that can be embedded")
        }
    }

    private static func keys(_ feeds: SyncFeeds, _ count: Int) async throws(PipelineError) -> [RowKey] {
        let source = feeds.source(.digests)
        var keys = KeySample(capacity: count)
        let began = feeds.clock.now
        try await source.open(after: nil)
        while feeds.clock.now - began < Self.patience,
            let chunk = try await source.nextChunk(ChunkLimit(rows: 1_000, bytes: 8 << 20))
        {
            for digest in chunk.digests { keys.add(digest.key) }
        }
        await source.close()
        return keys.keys
    }

    private static func rows(of keys: [RowKey], _ feeds: SyncFeeds) async throws(PipelineError) -> [Row] {
        let lookup = feeds.lookup()
        var rows: [RowKey: Row] = [:]
        var wanted = keys
        var left = sampleBytes
        while !wanted.isEmpty, left > 0 {
            let found = try await lookup.rows(of: Array(wanted.prefix(1_000)), bytes: left)
            for row in found.rows {
                left -= row.byteCount
                rows[row.key] = row
            }
            wanted = found.unread + wanted.dropFirst(1_000)
        }
        await lookup.close()
        // In the order of the sample, which is not that of the keys.
        return keys.compactMap { rows[$0] }
    }
}
