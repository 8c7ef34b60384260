internal import Pipeline

/// Why a collection is not written to, in words: what was found, what was expected and what a person can do.
struct CollectionRefusal {
    let collection: CollectionName

    private static let remedy = "name another collection in QDRANT_COLLECTION; an existing one is never changed to fit"

    /// - Throws: `.setup` when vectors of `dimension` components cannot be kept in the collection as they should.
    func check(_ params: VectorParams?, dimension: Int) throws(PipelineError) {
        let vectors: VectorParams.Unnamed
        switch params {
        case .unnamed(let unnamed): vectors = unnamed
        case .named(let names) where !names.isEmpty:
            throw refusal("has named vectors (\(names.joined(separator: ", "))), an unnamed one was expected")
        case .named, nil: throw refusal("has no dense vectors, an unnamed one was expected")
        }
        guard vectors.multivector == nil else {
            throw refusal("keeps several vectors for each point (multivector), one was expected")
        }
        guard vectors.size == dimension else {
            throw refusal("holds vectors of \(vectors.size) components, the model makes \(dimension)")
        }
        guard vectors.distance == "Cosine" else {
            throw refusal("compares by \(vectors.distance), Cosine was expected")
        }
    }

    /// - Throws: `.setup` when the vectors that are there do not mix with those of `identity`.
    func check(
        _ found: VectorIdentity?,
        mixesWith identity: VectorIdentity,
        remedy: String = "go back to that model and those options, or build a new generation with --rebuild"
    ) throws(PipelineError) {
        guard let found, found.fingerprint != identity.fingerprint else { return }
        throw refusal("was filled with \(Self.difference(found, identity))", remedy: remedy)
    }

    /// There are points of other syncs.
    ///
    /// - Parameters:
    ///   - name: which the first of them bears.
    ///   - count: how many of them bear it.
    ///   - total: how many there are.
    func foreignPoints(_ name: String?, count: Int, of total: Int, source: String) -> PipelineError {
        guard let name else {
            return refusal(
                "holds points of something else (\(total)), those of the sync '\(source)' alone were expected"
            )
        }
        let others = total > count ? " and of others (\(total - count))" : ""
        return refusal(
            "holds points of the sync '\(name)' (\(count))\(others), those of the sync '\(source)' alone were expected",
            remedy: "set 'name' to '\(name)' if this is the same sync, or name another collection in QDRANT_COLLECTION"
        )
    }

    /// There is a point with an `id` such as no key leads to.
    func strayID(_ id: String, _ keyKind: PointKeyKind) -> PipelineError {
        switch keyKind {
        case .uuid:
            refusal("has points with numbers as ids (\(id), for one), UUIDs were expected as the keys are UUIDs")
        case .text:
            refusal("has points with numbers as ids (\(id), for one), UUIDs were expected as texts are keys")
        case .integer:
            refusal("has points with UUIDs as ids (\(id), for one), numbers were expected as the keys are numbers")
        }
    }

    private func refusal(_ fault: String, remedy: String = Self.remedy) -> PipelineError {
        PipelineError(.setup, "the collection \(collection) \(fault)", remedy: remedy)
    }

    /// For instance "m (digest d1, 3 components, prefix ''), which does not mix with m (digest d2, …)".
    private static func difference(_ was: VectorIdentity, _ now: VectorIdentity) -> String {
        if was.model == now.model, was.digest == now.digest, was.prefix == now.prefix, was.dimension == now.dimension {
            return "\(was.model) under another --overlong or context length, which cuts texts in other places"
        }
        return "\(describe(was)), which does not mix with \(describe(now))"
    }

    private static func describe(_ identity: VectorIdentity) -> String {
        "\(identity.model) (digest \(identity.digest?.prefix(12) ?? "unknown"), \(identity.dimension) components, prefix "
            + "'\(identity.prefix)')"
    }
}
