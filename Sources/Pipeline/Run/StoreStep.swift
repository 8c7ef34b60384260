/// Stores points, and payloads of points that are there.
struct StoreStep: Sendable {
    let sink: any VectorSink
    let retrier: Retrier
    let meter: BusyMeter

    /// Stores the points; one that the sink does not take is rejected.
    func store(_ points: [Point]) async throws(PipelineError) -> Batch {
        var (batch, refused) = try await send(points[...], counting: \.upserted) { points throws(PipelineError) in
            try await sink.upsert(points)
        }
        for (point, error) in refused { batch.reject(point.row, error) }
        return batch
    }

    /// Replaces the payloads. Rows whose payload the sink does not take for the point that is there are handed back: the
    /// point may be gone.
    func replacePayloads(_ updates: [PayloadUpdate]) async throws(PipelineError) -> (batch: Batch, refused: [Row]) {
        let (batch, refused) = try await send(updates[...], counting: \.payloadUpdated) {
            updates throws(PipelineError) in
            try await sink.replacePayloads(updates)
        }
        return (batch, refused.map(\.item.row))
    }

    /// Sends the items. When one of them is at fault, halves them until it stands alone.
    ///
    /// - Parameter count: what counts the items that were taken.
    private func send<Item: Sendable>(
        _ items: ArraySlice<Item>,
        counting count: WritableKeyPath<Tally, Int>,
        _ request: ([Item]) async throws(PipelineError) -> Int
    ) async throws(PipelineError) -> (batch: Batch, refused: [(item: Item, error: PipelineError)]) {
        var batch = Batch()
        guard let first = items.first else { return (batch, []) }
        var tries = 0
        do throws(PipelineError) {
            await meter.begin(.sink)
            let requests = try await retrier.run(.sink) { () async throws(PipelineError) in
                tries += 1
                return try await request(Array(items))
            }.result
            await meter.end(.sink)
            batch.tally[keyPath: count] = items.count
            batch.tally.upsertRequests = requests + tries - 1
            batch.tally.retries = tries - 1
            return (batch, [])
        } catch {
            await meter.end(.sink)
            guard error.rowFault != nil else { throw error }
            batch.tally.upsertRequests = tries
            batch.tally.retries = tries - 1
            if items.count == 1 { return (batch, [(first, error)]) }
            let middle = items.startIndex + items.count / 2
            let lower = try await send(items[..<middle], counting: count, request)
            let upper = try await send(items[middle...], counting: count, request)
            batch += lower.batch
            batch += upper.batch
            return (batch, lower.refused + upper.refused)
        }
    }
}
