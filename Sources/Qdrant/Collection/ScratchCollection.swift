internal import CurlHTTP
internal import FoundationEssentials
public import Pipeline

/// A collection to be filled for the sake of measuring: made for it, never one that was there, and removed afterwards.
///
/// Its name is the configured one with `__bench_` and a number behind it, so that benchmarks at the same time are not in each
/// other's way. What a killed one has left is told of, and never removed: it may as well be that of one that is under way.
public struct ScratchCollection: Sendable {
    /// What its points bear as the name of their sync.
    public static let source = "pattern-sync bench"

    private let client: QdrantClient
    private let identity: VectorIdentity
    private let version: QdrantVersion

    /// The member of the metadata that tells such a collection.
    private static let member = "pattern-sync-bench"

    /// - Parameters:
    ///   - client: for the configured collection, which need not be there.
    ///   - number: drawn by lot.
    ///   - version: what the client's server said.
    /// - Throws: `.setup` when the name is too long.
    public init(
        _ client: QdrantClient,
        number: UInt32,
        identity: VectorIdentity,
        version: QdrantVersion
    ) throws(PipelineError) {
        let name = client.configured.scratch(number)
        _ = try CollectionName(name.description)
        self.client = client.aimed(at: name)
        self.identity = identity
        self.version = version
    }

    public var name: CollectionName { client.collection }

    /// Makes sure that there is nothing yet of its name, be it a collection or an alias. To be called before `make`: what
    /// was there is not to be removed.
    ///
    /// - Throws: `.setup` when there is.
    public func checkName() async throws(PipelineError) {
        guard try await client.sendIfPresent(.get) != nil else { return }
        throw PipelineError(
            .setup,
            "there is a collection \(name) already, which measuring was to make for itself",
            remedy: "run it again: it takes another name"
        )
    }

    /// Makes it, with the indexes and the storage that the collection of a sync would have.
    ///
    /// - Returns: a client for it.
    public func make(
        payloadIndexes: [PayloadIndex],
        storage: VectorStorage = VectorStorage()
    ) async throws(PipelineError) -> QdrantClient {
        let stamp = version.keepsMetadata ? Array("{\"metadata\":{\"\(Self.member)\":{\"scratch\":true}}}".utf8) : nil
        let creation = QdrantCollection.creation(dimension: identity.dimension, storage, stamp: stamp)
        _ = try await client.send(.put, "", creation)
        try await QdrantCollection(
            client: client,
            source: Self.source,
            identity: identity,
            version: version,
            storage: storage,
            payloadIndexes: payloadIndexes
        ).makeIndexes()
        return client
    }

    /// Deletes it. That it is not there is no error.
    ///
    /// - Throws: `.setup` when what bears its name is not such a collection.
    public func remove() async throws(PipelineError) {
        // Through an alias another collection would be deleted.
        let name = self.name
        if let alias = try await client.aliases().first(where: { $0.name == name.description }) {
            throw PipelineError(.setup, "it has become an alias of \(alias.collection)")
        }
        guard let body = try await client.sendIfPresent(.get) else { return }
        guard try await isScratch(body) else { throw PipelineError(.setup, "it is not the one that was made") }
        _ = try await client.send(.delete)
    }

    /// What is to be told when it could not be removed.
    public func leftOver(because reason: PipelineError) -> PipelineError {
        PipelineError(
            reason.kind,
            "the collection \(name) may be left over: \(reason.message)",
            remedy: "delete it in Qdrant: DELETE /collections/\(name)"
        )
    }

    /// The others of this kind: of benchmarks that were killed, or that are under way.
    public func others() async throws(PipelineError) -> [CollectionName] {
        let names = try await client.collectionNames().filter { $0 != name.description }
        return names.compactMap { client.configured.scratch(named: $0) }
    }

    /// Where there are no stamps, none of its points may be anybody else's.
    private func isScratch(_ body: [UInt8]) async throws(PipelineError) -> Bool {
        guard version.keepsMetadata else {
            let counts = try await client.counts(PointOwnership(source: Self.source))
            return counts.unmarked == 0 && counts.foreign == 0
        }
        struct Stamped: Decodable { let config: Config }
        struct Config: Decodable { let metadata: [String: CollectionState.Lenient<Stamp>]? }
        struct Stamp: Decodable, Sendable { let scratch: Bool }
        let metadata = try client.result(Stamped.self, of: body).config.metadata
        return metadata?[Self.member]?.value?.scratch == true
    }
}
