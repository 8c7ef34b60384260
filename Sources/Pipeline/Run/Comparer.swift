/// Compares the rows of a chunk with their points.
struct Comparer: Sendable {
    /// Nil when there is no target yet: then every point is missing.
    let reader: (any PointReader)?
    /// Whether a point that bears nobody's name is taken for the row's own where it was made of the same text.
    let adopts: Bool
    let retrier: Retrier
    let meter: BusyMeter

    /// A chunk beside what the target holds of it.
    struct Compared: Sendable {
        /// What became of each row or digest, in the order of the chunk; nil where the point is what the row says.
        var differences: [Difference?]
        var points: [RowKey: StoredPoint]
        var retries: Int
    }

    /// Compares by hashes; rows that come whole are compared value by value too.
    func compare(_ chunk: Chunk) async throws(PipelineError) -> Compared {
        if chunk.rows.isEmpty {
            let (points, retries) = try await stored(chunk.digests.map(\.key), .marks)
            let differences = chunk.digests.map { difference($0.textHash, $0.payloadHash, points[$0.key]) }
            return Compared(differences: differences, points: points, retries: retries)
        }
        let (points, retries) = try await stored(chunk.rows.map(\.key), .payloads)
        let differences = chunk.rows.map { row in
            let point = points[row.key]
            if let found = difference(row.textHash, row.payloadHash, point) { return found as Difference? }
            return point.map { reader?.agrees($0, with: row) ?? false } == true ? nil : .payload
        }
        return Compared(differences: differences, points: points, retries: retries)
    }

    /// In what a point differs from a row with these hashes.
    func difference(_ textHash: Bytes, _ payloadHash: Bytes, _ point: StoredPoint?) -> Difference? {
        guard let point else { return .missing }
        switch point.mark {
        case .current:
            guard point.textHash == textHash else { return .text }
            return point.payloadHash == payloadHash ? nil : .payload
        case .none:
            return isAdoptable(point, textHash) ? .unclaimed : .text
        case .outdated, .foreign:
            return .text
        }
    }

    /// Whether the point needs nothing but this sync's name.
    func isAdoptable(_ point: StoredPoint, _ textHash: Bytes) -> Bool {
        adopts && point.mark == .none && point.textHash == textHash
    }

    /// The points of any number of keys.
    func stored(
        _ keys: [RowKey],
        _ detail: PointDetail
    ) async throws(PipelineError) -> (points: [RowKey: StoredPoint], retries: Int) {
        guard let reader, !keys.isEmpty else { return ([:], 0) }
        var all: [RowKey: StoredPoint] = [:]
        var retries = 0
        await meter.begin(.sink)
        for start in stride(from: 0, to: keys.count, by: Self.mostKeys) {
            let part = Array(keys[start..<min(start + Self.mostKeys, keys.count)])
            let found = try await retrier.run(.sink) { () async throws(PipelineError) in
                try await reader.points(of: part, detail)
            }
            retries += found.retries
            if all.isEmpty { all = found.result } else { all.merge(found.result) { $1 } }
        }
        await meter.end(.sink)
        return (all, retries)
    }

    /// As many as a reader answers for at once.
    static let mostKeys = 1_000
}
