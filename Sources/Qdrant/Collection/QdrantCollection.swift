internal import CurlHTTP
internal import FoundationEssentials
public import Pipeline
internal import WireJSON

/// The collection of a sync as a whole: made when it is missing, checked when it is there, stamped by each run.
///
/// It is the very collection that the client is aimed at: see `QdrantClient.naming`.
public struct QdrantCollection: Sendable {
    let client: QdrantClient
    /// The sync's name.
    let source: String
    private let identity: VectorIdentity
    let version: QdrantVersion
    private let storage: VectorStorage
    private let payloadIndexes: [PayloadIndex]

    /// - Parameters:
    ///   - version: what the client's server said.
    ///   - storage: how a collection that is made here keeps its vectors.
    ///   - payloadIndexes: to be made beside that of the sync's name.
    public init(
        client: QdrantClient,
        source: String,
        identity: VectorIdentity,
        version: QdrantVersion,
        storage: VectorStorage = VectorStorage(),
        payloadIndexes: [PayloadIndex] = []
    ) {
        self.client = client
        self.source = source
        self.identity = identity
        self.payloadIndexes = payloadIndexes
        self.version = version
        self.storage = storage
    }

    /// What there is, where the sync may write to it; nil when there is no collection.
    ///
    /// - Parameters:
    ///   - recorded: what is on record of the vectors where the collection itself cannot tell.
    ///   - toleratesOthers: whether points of others are no reason to refuse, since nothing will be written.
    /// - Throws: `.setup` when the collection is there and does not fit, or holds what is not this sync's.
    public func inspect(
        _ keyKind: PointKeyKind,
        recorded: VectorIdentity? = nil,
        toleratesOthers: Bool = false
    ) async throws(PipelineError) -> CollectionFindings? {
        let look = CollectionLook(client: client, source: source, version: version)
        guard let findings = try await look.findings() else { return nil }
        let refusal = CollectionRefusal(collection: client.collection)
        // Another model tells more than its number of components.
        try refusal.check(findings.identity ?? recorded, mixesWith: identity)
        try refusal.check(findings.vectors, dimension: identity.dimension)
        if !toleratesOthers {
            if findings.foreignPoints > 0 {
                let name = try await client.foreignName(PointOwnership(source: source))
                var count = 0
                if let name { count = try await client.count(PointOwnership(source: name).own) }
                throw refusal.foreignPoints(name, count: count, of: findings.foreignPoints, source: source)
            }
            if let id = try await client.strayID(keyKind) { throw refusal.strayID(id, keyKind) }
        }
        return findings
    }

    /// Makes the collection and its indexes where they are missing, and stamps it.
    ///
    /// - Parameter runID: of a full run; nil leaves that stamp as it is.
    public func prepare(runID: String?) async throws(PipelineError) {
        if try await client.state() == nil {
            _ = try await client.send(.put, "", Self.creation(dimension: identity.dimension, storage))
        }
        try await makeIndexes()
        guard version.keepsMetadata else { return }
        let previous = try await client.state()?.stamp(of: source)
        let embedder = try CollectionStamp.Embedder(identity, keepingCanariesOf: previous?.embedder)
        var stamp = previous ?? CollectionStamp(embedder: embedder)
        stamp.embedder = embedder
        if let runID { stamp.runID = runID }
        try await client.store(stamp, of: source)
    }

    /// Makes the payload indexes that are missing. They are made before the points, so that the graph is built with them.
    func makeIndexes() async throws(PipelineError) {
        let existing = try await client.state()?.schema ?? [:]
        for index in payloadIndexes + [.source] where existing[index.name] == nil {
            _ = try await client.send(.put, "/index?wait=true", index.creation)
        }
    }

    /// Waits until the server has made all changes that it took on, where it tells: it does from 1.17 on.
    ///
    /// - Returns: whether nothing is known to be waiting; false when some still was after `limit`.
    public func waitForQueue(atMost limit: Duration, _ clock: RunClock) async throws(PipelineError) -> Bool {
        let deadline = clock.now + limit
        while let length = try await client.state()?.queueLength, length > 0 {
            guard clock.now < deadline else { return false }
            try await clock.sleep(.milliseconds(100))
        }
        return true
    }

    /// The body of the request that makes a collection.
    ///
    /// - Parameter stamp: which it bears from the start, as `{"metadata": …}`.
    static func creation(dimension: Int, _ storage: VectorStorage, stamp: [UInt8]? = nil) -> [UInt8] {
        var body = Array(
            """
            {"vectors":\(storage.vectors(dimension: dimension)),"hnsw_config":{"m":16,"ef_construct":100}
            """.utf8
        )
        if let quantization = storage.quantizationConfig {
            body.append(contentsOf: ",\"quantization_config\":\(quantization)".utf8)
        }
        if let stamp {
            body.append(json: ",")
            body.append(contentsOf: stamp.dropFirst())
        } else {
            body.append(json: "}")
        }
        return body
    }
}

extension QdrantClient {
    /// What the server tells about the collection; nil when there is none.
    func state() async throws(PipelineError) -> CollectionState? {
        guard let body = try await sendIfPresent(.get) else { return nil }
        return try result(CollectionState.self, of: body)
    }

    /// Writes the stamp of the sync `source`, leaving those of others.
    func store(_ stamp: CollectionStamp, of source: String) async throws(PipelineError) {
        _ = try await send(.patch, "", try stamp.change(source: source))
    }
}
