/// A collection's content, and the changes that can be made to it.
struct CollectionState: Sendable {
    var config: CollectionConfig
    /// Payload indexes by field, as they are told: `{"data_type": ..., "params": ...}`.
    var indexes = JSONObject()
    var points: PointTable
    /// Numbers the changes.
    private(set) var version: UInt64 = 0
    var log: PointLog?
    private var index: VectorIndex
    /// When the indexing begins that a change of the set-up has brought about.
    private var indexingBegins = ContinuousClock.now

    /// What was counted since the last change, by the request's body: what a real server has an index for.
    private var counts: (version: UInt64, byRequest: [[UInt8]: Int]) = (0, [:])

    /// - Parameter indexingPace: what it takes to index a vector.
    init(config: CollectionConfig, indexingPace: Duration = .zero) {
        self.config = config
        index = VectorIndex(pace: indexingPace)
        points = PointTable(dimension: config.vector?.size ?? 0)
    }

    /// Takes a change of the set-up.
    ///
    /// - Parameter delay: how long it takes until the indexing begins that it may bring about.
    mutating func configure(
        indexingAfter delay: Duration,
        _ change: (inout CollectionConfig) throws(QdrantFailure) -> Void
    ) throws(QdrantFailure) {
        let previous = config.indexing
        try change(&config)
        if config.indexing != previous { indexingBegins = .now + delay }
        _ = indexing()
    }

    /// How many vectors are indexed by now, and whether more are being indexed.
    mutating func indexing() -> (indexed: Int, isUnderWay: Bool) {
        let now = ContinuousClock.now
        let isDelayed = now < indexingBegins
        let kilobytes = points.count * points.dimension * 4 / 1024
        let threshold = config.indexingThreshold
        if threshold > 0, config.edges > 0, kilobytes >= threshold, !isDelayed {
            index.want(points.count, at: now)
        } else {
            index.stop(at: now)
        }
        return (min(index.indexed, points.count), isDelayed || index.isBuilding)
    }

    /// Counts once as long as nothing changes.
    mutating func remembered(countOf request: [UInt8], _ count: (inout CollectionState) -> Int) -> Int {
        if counts.version != version { counts = (version, [:]) }
        if let known = counts.byRequest[request] { return known }
        let result = count(&self)
        counts.byRequest[request] = result
        return result
    }

    /// What became of a change.
    struct Outcome: Sendable {
        /// Points upserted: with a failure, those before the one that does not fit, which are stored all the same.
        var upserted = 0
        var failure: QdrantFailure?
    }

    /// Makes one change and writes it to the log.
    mutating func apply(_ operation: PointOperation) -> Outcome {
        version += 1
        var outcome = Outcome()
        var records = PointLog.Records()
        do throws(QdrantFailure) {
            try apply(operation, &records, &outcome)
        } catch {
            outcome.failure = error
        }
        do throws(QdrantFailure) {
            try log?.append(records)
        } catch {
            outcome.failure = error
        }
        _ = indexing()
        return outcome
    }

    private mutating func apply(
        _ operation: PointOperation,
        _ records: inout PointLog.Records,
        _ outcome: inout Outcome
    ) throws(QdrantFailure) {
        switch operation {
        case .upsert(let batch): try upsert(batch, &records, &outcome)
        case .delete(let selection):
            for id in ids(of: selection) where points.remove(id) && log != nil { records.delete(id) }
        case .setPayload(let changes, let key, let selection):
            try editPayloads(of: selection, &records) { payload in
                guard let key else { return payload.merge(changes, removingNulls: false) }
                let path = PayloadPath(key)
                var inner = path.value(in: payload)?.object ?? JSONObject()
                inner.merge(changes, removingNulls: false)
                path.set(.object(inner), in: &payload)
            }
        case .overwritePayload(let payload, let selection):
            try editPayloads(of: selection, &records) { $0 = payload }
        case .deletePayload(let keys, let selection):
            try editPayloads(of: selection, &records) { payload in
                for key in keys { PayloadPath(key).remove(from: &payload) }
            }
        case .clearPayload(let selection):
            try editPayloads(of: selection, &records) { $0 = JSONObject() }
        }
    }

    private mutating func upsert(
        _ batch: UpsertBatch,
        _ records: inout PointLog.Records,
        _ outcome: inout Outcome
    ) throws(QdrantFailure) {
        for index in 0..<batch.count {
            guard let vector = config.vector, batch.vectorNames[index].isEmpty else {
                throw .noVector(named: batch.vectorNames[index])
            }
            let range = batch.vectorRange(index)
            guard range.count == vector.size else { throw .dimension(expected: vector.size, got: range.count) }
            batch.vectors.withUnsafeBufferPointer { vectors in
                points.upsert(
                    batch.ids[index],
                    vector: UnsafeBufferPointer(rebasing: vectors[range]),
                    payload: batch.payloads[index],
                    version: version,
                    format: vector.format
                )
            }
            outcome.upserted += 1
            if log != nil { records.upsert(batch.ids[index], in: points) }
        }
    }

    private mutating func editPayloads(
        of selection: PointSelection,
        _ records: inout PointLog.Records,
        _ edit: (inout JSONObject) -> Void
    ) throws(QdrantFailure) {
        for id in ids(of: selection) {
            guard let slot = points.slot(of: id) else { throw .notFound("No point with id \(id.text) found") }
            var payload = PayloadText.object(points.payload(slot))
            edit(&payload)
            points.setPayload(slot, to: JSONValue.object(payload).bytes, version: version)
            if log != nil { records.setPayload(id, in: points) }
        }
    }

    private mutating func ids(of selection: PointSelection) -> [PointID] {
        switch selection {
        case .ids(let ids): return ids
        case .filter(let filter):
            var ids: [PointID] = []
            for id in points.sortedIDs() where matches(filter, id) { ids.append(id) }
            return ids
        }
    }

    func matches(_ filter: Filter?, _ id: PointID) -> Bool {
        guard let filter else { return true }
        guard let slot = points.slot(of: id) else { return false }
        return filter.matches(id, payload: points.payload(slot))
    }
}

extension PointID {
    /// As it is written in messages.
    var text: String {
        var writer = JSONWriter()
        writer.pointID(self)
        return String(decoding: writer.bytes.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }
}
