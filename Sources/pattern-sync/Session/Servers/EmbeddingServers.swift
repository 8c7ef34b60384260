internal import Embedding
internal import Logging
internal import Pipeline
internal import Qdrant

/// The embedding servers of a run: all of them make the same vectors.
struct EmbeddingServers {
    let servers: [EmbeddingServer]
    let model: EmbeddingModel
    /// The vectors of `Canaries.texts`, as the first of the servers makes them.
    let canaries: [Vector]

    /// What one server answered when it was asked.
    struct Inspected {
        let server: EmbeddingServer
        let result: Result<EmbeddingInspection, PipelineError>
    }

    /// A server that is up, and how well its vectors agree with those that are asked for.
    private struct Candidate {
        let server: EmbeddingServer
        let found: EmbeddingInspection
        let isSameModel: Bool
        let agreement: Double

        var agrees: Bool { isSameModel && agreement >= Canaries.threshold }

        /// The agreement for messages, never rounded up to the threshold.
        var cosine: Double { (agreement * 10_000).rounded(.down) / 10_000 }
    }

    /// Chooses the servers that are up and agree.
    ///
    /// Where nothing is known about the collection, or no server has its model at all, the first server is what the others
    /// have to agree with; that the model is another one is then for the caller to tell.
    /// - Parameter stored: the vectors of the collection; nil where nothing is known about them.
    /// - Throws: `.setup` when servers differ or none agrees with the collection, `.outage` when none is up.
    init(
        _ inspected: [Inspected],
        agreeing stored: VectorIdentity?,
        _ logger: Logger
    ) throws(PipelineError) {
        let (up, down) = try Self.sorted(inspected)
        guard let first = up.first else { throw down.first ?? .cancelled }
        for error in down { logger.warning("left out: \(error)") }
        let known = stored.flatMap { stored in
            up.contains { stored.isOf($0.found.model) } && !stored.canaries.isEmpty ? stored : nil
        }
        let candidates = up.map { server, found in
            Candidate(
                server: server,
                found: found,
                isSameModel: known?.isOf(found.model) ?? (found.model == first.found.model),
                agreement: Canaries.agreement(known?.canaries ?? first.found.canaries, found.canaries)
            )
        }
        let chosen = candidates.filter(\.agrees)
        let others = candidates.filter { !$0.agrees }
        if known == nil {
            if let other = others.first(where: { !$0.isSameModel }) {
                throw Self.differ(other.server, first.server, other.found.model, first.found.model)
            }
            if let other = others.first { throw Self.disagree(other, first.server) }
        }
        guard let best = chosen.first else { throw Self.noneAgrees(others, first.found.model) }
        // Texts would be cut in different places.
        if let other = chosen.first(where: { $0.found.model != best.found.model }) {
            throw Self.differ(other.server, best.server, other.found.model, best.found.model)
        }
        for other in others { logger.warning("left out: \(Self.reason(other))") }
        servers = chosen.map(\.server)
        model = best.found.model
        canaries = best.found.canaries
    }

    private static func reason(_ other: Candidate) -> String {
        let model = other.found.model
        guard other.isSameModel else {
            return "\(other.server.name) has another \(model.name) (digest \(model.digest?.prefix(12) ?? "unknown"), "
                + "\(model.dimension) components) than the collection was filled with"
        }
        return "\(other.server.name): \(model.name) makes other vectors there than those in the collection (cosine "
            + "\(other.cosine), expected at least \(Canaries.threshold))"
    }

    /// Those that are up, and why the others are not.
    ///
    /// - Throws: what is no outage.
    private static func sorted(
        _ inspected: [Inspected]
    ) throws(PipelineError) -> (up: [(server: EmbeddingServer, found: EmbeddingInspection)], down: [PipelineError]) {
        var up: [(server: EmbeddingServer, found: EmbeddingInspection)] = []
        var down: [PipelineError] = []
        for one in inspected {
            do throws(PipelineError) {
                up.append((one.server, try one.result.get()))
            } catch {
                guard error.kind == .outage else { throw error }
                down.append(error)
            }
        }
        return (up, down)
    }

    private static func differ(
        _ server: EmbeddingServer,
        _ first: EmbeddingServer,
        _ model: EmbeddingModel,
        _ expected: EmbeddingModel
    ) -> PipelineError {
        PipelineError(
            .setup,
            "\(server.name) has another \(model.name) (digest \(model.digest?.prefix(12) ?? "unknown"), "
                + "\(model.dimension) components) than \(first.name) (digest "
                + "\(expected.digest?.prefix(12) ?? "unknown"), \(expected.dimension) components)",
            remedy: "run 'ollama pull \(model.name)' on all servers, or leave one out of OLLAMA_BASE_URL"
        )
    }

    private static func disagree(_ other: Candidate, _ first: EmbeddingServer) -> PipelineError {
        PipelineError(
            .setup,
            "\(other.server.name) makes other vectors with \(other.found.model.name) than \(first.name) (cosine "
                + "\(other.cosine), expected at least \(Canaries.threshold))",
            remedy: "make all servers of OLLAMA_BASE_URL run the same model and version"
        )
    }

    private static func noneAgrees(_ others: [Candidate], _ model: EmbeddingModel) -> PipelineError {
        let names = others.map(\.server.name).joined(separator: ", ")
        let lowest = others.map(\.cosine).min() ?? 0
        return PipelineError(
            .setup,
            "\(names): \(model.name) makes other vectors than those in the "
                + "collection (cosine \(lowest), expected at least \(Canaries.threshold))",
            remedy: "the collection's vectors were made by another version of the model: use the server that made "
                + "them, or build a new generation with --rebuild"
        )
    }
}

extension VectorIdentity {
    /// Whether a server that tells this of its model may have made them.
    fileprivate func isOf(_ model: EmbeddingModel) -> Bool {
        self.model == model.name && digest == model.digest && dimension == model.dimension
    }
}
