internal import Embedding
internal import Pipeline

/// Embeds texts again and compares with the vectors that are stored.
struct VectorSample {
    let embedder: any Embedder
    let retrier: Retrier

    /// A text, and the vector that is stored for it.
    struct Pair {
        let id: String
        /// Of the row; nil where none is known.
        var key: RowKey?
        let text: Bytes
        let stored: Vector
    }

    /// What came of one pair.
    struct Outcome {
        let id: String
        let key: RowKey?
        let cosine: Double
        /// The vector that was made now.
        let vector: Vector

        var agrees: Bool { cosine >= Canaries.threshold }
    }

    /// Embeds the texts one by one, so that one that fails spoils no other; those that cannot be embedded are left out.
    func compare(_ pairs: [Pair]) async throws(PipelineError) -> [Outcome] {
        var outcomes: [Outcome] = []
        for pair in pairs {
            do throws(PipelineError) {
                let vectors = try await retrier.run(.embedder) { () async throws(PipelineError) in
                    try await embedder.embed([pair.text])
                }.result
                for vector in vectors {
                    let cosine = VectorSimilarity.cosine(vector, pair.stored) ?? 0
                    outcomes.append(Outcome(id: pair.id, key: pair.key, cosine: cosine, vector: vector))
                }
            } catch {
                guard error.rowFault != nil else { throw error }
            }
        }
        return outcomes
    }
}
