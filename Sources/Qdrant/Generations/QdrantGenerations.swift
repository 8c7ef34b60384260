public import Pipeline

/// The generations of the configured collection: made beside the one that is live, filled, and then made live at once.
///
/// All calls may be repeated after an error: they go on from what they find.
public struct QdrantGenerations: Sendable {
    /// Aimed at the configured name.
    let client: QdrantClient
    /// The sync's name.
    let source: String
    let version: QdrantVersion
    let clock: RunClock
    let timestamp: @Sendable () -> String

    /// - Parameters:
    ///   - client: for the configured collection, whatever it is aimed at.
    ///   - version: what the client's server said.
    ///   - timestamp: the present time in ISO 8601, UTC.
    public init(
        client: QdrantClient,
        source: String,
        version: QdrantVersion,
        clock: RunClock,
        timestamp: @escaping @Sendable () -> String
    ) {
        self.client = client.aimed(at: client.configured)
        self.source = source
        self.version = version
        self.clock = clock
        self.timestamp = timestamp
    }

    var hasMetadata: Bool { version >= .metadata }

    /// All that there are, the oldest first.
    public func list() async throws(PipelineError) -> [Generation] {
        let live = try await liveNumber()
        let names = try await client.collectionNames()
        var generations: [Generation] = []
        for number in names.compactMap({ client.configured.generationNumber(of: $0) }).sorted() {
            let target = client.aimed(at: client.configured.generation(number))
            // One that was dropped in between is none.
            guard let state = try await target.state() else { continue }
            let stamp = state.stamp(of: source)
            generations.append(
                Generation(
                    number: number,
                    name: target.collection,
                    isLive: number == live,
                    isBuilding: hasMetadata ? stamp?.building == true : number > live ?? 0,
                    isOurs: !hasMetadata || stamp != nil,
                    points: try await target.count(),
                    model: stamp?.embedder.model,
                    builtAt: stamp?.builtAt
                )
            )
        }
        return generations
    }

    /// The number of the live generation; nil when none is.
    func liveNumber() async throws(PipelineError) -> Int? {
        guard case .generation(let name) = try await client.naming() else { return nil }
        return client.configured.generationNumber(of: name.description)
    }

    /// Aimed at the generation `name`.
    ///
    /// - Throws: `.setup` when that is no name of a generation.
    func generation(_ name: CollectionName) throws(PipelineError) -> QdrantClient {
        guard client.configured.generationNumber(of: name.description) != nil else {
            throw PipelineError(
                .setup,
                "the collection \(name) is no generation of \(client.configured)",
                remedy: "name one such as \(client.configured.generation(1))"
            )
        }
        return client.aimed(at: name)
    }

    /// The stamp of a generation that is there; nil only where the server has no metadata.
    ///
    /// - Throws: `.setup` when it is not this sync's.
    func stamp(in state: CollectionState, _ name: CollectionName) throws(PipelineError) -> CollectionStamp? {
        let stamp = state.stamp(of: source)
        guard stamp != nil || !hasMetadata else {
            throw PipelineError(
                .setup,
                "the collection \(name) does not bear the stamp of the sync '\(source)', so that it is not known as ours",
                remedy: "if it is not needed, delete it by hand"
            )
        }
        return stamp
    }

    static func missing(_ name: CollectionName) -> PipelineError {
        PipelineError(.setup, "there is no collection \(name)", remedy: "build a new generation with --rebuild")
    }
}
