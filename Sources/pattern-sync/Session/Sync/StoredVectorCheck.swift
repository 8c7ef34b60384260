internal import Embedding
internal import Pipeline
internal import Postgres
internal import Qdrant

/// Embeds a few stored texts again, to find out whether the collection's vectors are of the model that is here.
struct StoredVectorCheck {
    let target: QdrantCollection
    let keyKind: PointKeyKind
    let lookup: any RowLookup
    let embedder: any Embedder
    let retrier: Retrier

    /// Another model makes other vectors of any text, so a few show it.
    private static let ownSample = 3
    /// Of points that bear nobody's name many may be of no row, or of one that has changed since. So more of them are looked
    /// at than are embedded again, which is the slow part.
    private static let unmarkedSample = (read: 50, embedded: 10)
    /// Texts and payloads of a sample, read at once: as much as a chunk has. Rows beyond it are not compared.
    private static let rowBytes = 8 << 20

    /// Checks vectors of this sync about which nothing else is known.
    ///
    /// - Throws: `.setup` when they are of another model.
    func checkOwn() async throws(PipelineError) {
        let points = try await sample(.own, count: Self.ownSample)
        if let outcome = try await compare(points[...]).first(where: { !$0.agrees }) {
            throw refusal(
                outcome,
                "the collection's points were made by another model or version of it, or with another prefix"
            )
        }
    }

    /// Whether points that bear nobody's name have the vectors that this model makes of their rows' texts.
    ///
    /// - Returns: false where none of them is found to have been made of a row as it is now.
    /// - Throws: `.setup` when one of those has another vector: whoever wrote it used another model, and the two do not mix.
    func adopts() async throws(PipelineError) -> Bool {
        let points = try await sample(.unmarked, count: Self.unmarkedSample.read)
        let keys = points.compactMap(\.key)
        let rows = try await retrier.run(.source) { () async throws(PipelineError) in
            try await lookup.rows(of: keys, bytes: Self.rowBytes).rows
        }.result
        await lookup.close()
        let texts = Dictionary(rows.map { ($0.key, $0.text) }) { $1 }
        let ofRows = points.filter { point in
            point.key.flatMap { texts[$0] }.map { $0.elementsEqual(point.text.utf8) } ?? false
        }
        let outcomes = try await compare(ofRows.prefix(Self.unmarkedSample.embedded))
        if let outcome = outcomes.first(where: { !$0.agrees }) {
            throw refusal(
                outcome,
                "points that bear nobody's name have other vectors than this model makes of their texts"
            )
        }
        return !outcomes.isEmpty
    }

    private func sample(_ owner: PointSample.Owner, count: Int) async throws(PipelineError) -> [PointSample] {
        try await retrier.run(.sink) { () async throws(PipelineError) in
            try await target.sample(owner, count: count, keyKind: keyKind)
        }.result
    }

    private func compare(_ points: ArraySlice<PointSample>) async throws(PipelineError) -> [VectorSample.Outcome] {
        let pairs = points.map { VectorSample.Pair(id: $0.id, text: Array($0.text.utf8)[...], stored: $0.vector) }
        return try await VectorSample(embedder: embedder, retrier: retrier).compare(pairs)
    }

    private func refusal(_ outcome: VectorSample.Outcome, _ fault: String) -> PipelineError {
        let cosine = (outcome.cosine * 10_000).rounded(.down) / 10_000
        return PipelineError(
            .setup,
            "\(fault) (point \(outcome.id): cosine \(cosine), expected at least \(Canaries.threshold))",
            remedy: "go back to that model and prefix, or build a new generation with --rebuild"
        )
    }
}
