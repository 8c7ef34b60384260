/// Carries one chunk through the pipeline, whatever feed it is of.
///
/// Whole rows are written, or compared value by value and written where they differ. Digests are compared, and only the
/// rows that differ are read whole and written. Writing means: new or changed texts are embedded and upserted; where only
/// the payload differs, the point keeps its vector.
struct ChunkWorker: Sendable {
    let comparer: Comparer
    let lookup: any RowLookup
    let embedding: EmbedStep
    let storing: StoreStep
    /// Vectors of unchanged texts are taken over from there.
    let donor: (any PointReader)?
    let options: RunOptions
    /// Bounds the slices of rows that are looked up and written at once: as many as a window of whole rows has.
    let slots: Slots

    /// Returns when every row of the chunk is what its point says, or rejected.
    ///
    /// - Parameter readRetries: how often its reading was tried again.
    @concurrent
    func process(_ chunk: Chunk, readRetries: Int) async throws(PipelineError) -> ChunkResult {
        var batch = Batch()
        if !chunk.digests.isEmpty {
            batch = try await compareAndFetch(chunk)
        } else if options.comparesValues {
            let compared = try await comparer.compare(chunk)
            var changes = Changes()
            for (row, difference) in zip(chunk.rows, compared.differences) {
                if let difference { changes.append(row, difference, compared.points) }
            }
            batch = try await write(changes)
            batch.tally.unchanged = chunk.rows.count - changes.count
            batch.tally.retries += compared.retries
        } else {
            batch = try await writeAll(chunk.rows)
        }
        let rejections = chunk.rejections + batch.rejections
        batch.tally.retries += readRetries
        batch.tally.rowsRead = chunk.rowCount
        batch.tally.rejected = rejections.reduce(0) { $0 + $1.rowCount }
        return ChunkResult(tally: batch.tally, rejections: rejections, truncated: batch.truncated)
    }

    /// Rows to write.
    private struct Changes: Sendable {
        /// Those that need a vector.
        var whole: [Row] = []
        var payloads: [PayloadUpdate] = []

        var count: Int { whole.count + payloads.count }

        /// - Parameter points: what the target holds of the rows.
        mutating func append(_ row: Row, _ difference: Difference, _ points: [RowKey: StoredPoint]) {
            if difference.keepsVector {
                payloads.append(PayloadUpdate(row: row, isTruncated: points[row.key]?.isTruncated ?? false))
            } else {
                whole.append(row)
            }
        }
    }

    /// Writes every row, except that a point which is adopted keeps its vector.
    private func writeAll(_ rows: [Row]) async throws(PipelineError) -> Batch {
        guard comparer.adopts else { return try await write(Changes(whole: rows)) }
        let (points, retries) = try await comparer.stored(rows.map(\.key), .marks)
        var changes = Changes()
        for row in rows {
            let isAdoptable = points[row.key].map { comparer.isAdoptable($0, row.textHash) } ?? false
            changes.append(row, isAdoptable ? .unclaimed : .text, points)
        }
        var batch = try await write(changes)
        batch.tally.retries += retries
        return batch
    }

    /// Compares the digests, and writes the rows that differ: a few at a time, since they come whole.
    private func compareAndFetch(_ chunk: Chunk) async throws(PipelineError) -> Batch {
        let compared = try await comparer.compare(chunk)
        let changed = zip(chunk.digests, compared.differences).filter { $0.1 != nil }.map(\.0)
        var batch = Batch()
        batch.tally.unchanged = chunk.digests.count - changed.count
        batch.tally.retries = compared.retries
        let slices = Slicing.ranges(of: changed.map(\.byteCount), count: options.chunkRows, bytes: options.chunkBytes)
        do {
            try await withThrowingTaskGroup(of: Batch.self) { group in
                for slice in slices {
                    let keys = changed[slice].map(\.key)
                    let bytes = changed[slice].reduce(0) { $0 + $1.byteCount }
                    group.addTask {
                        try await slots.enter(bytes: bytes)
                        let result: Result<Batch, PipelineError>
                        do throws(PipelineError) {
                            result = .success(try await fetch(keys, compared.points))
                        } catch {
                            result = .failure(error)
                        }
                        await slots.leave(bytes: bytes)
                        return try result.get()
                    }
                }
                for try await part in group { batch += part }
            }
        } catch {
            throw .wrapping(error)
        }
        return batch
    }

    /// Reads the rows of these keys and writes those that still differ.
    private func fetch(_ keys: [RowKey], _ points: [RowKey: StoredPoint]) async throws(PipelineError) -> Batch {
        var batch = Batch()
        var keys = keys
        while !keys.isEmpty {
            let wanted = keys
            await comparer.meter.begin(.source)
            let found = try await comparer.retrier.run(.source) { () async throws(PipelineError) in
                try await lookup.rows(of: wanted, bytes: options.chunkBytes)
            }
            await comparer.meter.end(.source)
            batch.tally.retries += found.retries
            batch.rejections += found.result.rejections
            batch += try await writeDiffering(found.result.rows, points)
            keys = found.result.unread
        }
        return batch
    }

    /// Writes rows that were read after they had been compared: they may have changed again meanwhile.
    private func writeDiffering(_ rows: [Row], _ points: [RowKey: StoredPoint]) async throws(PipelineError) -> Batch {
        var changes = Changes()
        for row in rows {
            if let difference = comparer.difference(row.textHash, row.payloadHash, points[row.key]) {
                changes.append(row, difference, points)
            }
        }
        var batch = try await write(changes)
        batch.tally.unchanged += rows.count - changes.count
        return batch
    }

    private func write(_ changes: Changes) async throws(PipelineError) -> Batch {
        var (batch, refused) = try await storing.replacePayloads(changes.payloads)
        // Adding nothing to a list would copy it.
        let rows = refused.isEmpty ? changes.whole : changes.whole + refused
        let (reused, rest, retries) = try await takeOver(rows)
        let embedded = try await embedding.embed(rest)
        let stored = try await storing.store(reused.isEmpty ? embedded.points : reused + embedded.points)
        batch.rejections += embedded.rejections + stored.rejections
        batch.truncated += embedded.truncated
        batch.tally += embedded.tally
        batch.tally += stored.tally
        batch.tally.reused += reused.count
        batch.tally.retries += retries
        return batch
    }

    /// Makes points of the rows whose vector the donor has, and hands back the others.
    private func takeOver(
        _ rows: [Row]
    ) async throws(PipelineError) -> (points: [Point], rest: [Row], retries: Int) {
        guard let donor, !rows.isEmpty else { return ([], rows, 0) }
        let source = Comparer(reader: donor, adopts: false, retrier: comparer.retrier, meter: comparer.meter)
        let (found, retries) = try await source.stored(rows.map(\.key), .vectors)
        var points: [Point] = []
        var rest: [Row] = []
        for row in rows {
            // A vector of a text that was cut may have been cut elsewhere than it would be now.
            if let old = found[row.key], old.mark == .current, old.textHash == row.textHash, !old.isTruncated,
                let vector = old.vector
            {
                points.append(Point(row: row, vector: vector))
            } else {
                rest.append(row)
            }
        }
        return (points, rest, retries)
    }
}
