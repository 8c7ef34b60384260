internal import Foundation
internal import Pipeline
internal import Postgres
internal import Qdrant

extension SourceQuery {
    /// What the points of the sync are filtered by: of an own query nothing is known.
    var payloadIndexes: [PayloadIndex] {
        guard definition == .codePatterns else { return [] }
        return [
            PayloadIndex("language", .keyword), PayloadIndex("pattern_name", .keyword),
            PayloadIndex("pattern_type", .keyword), PayloadIndex("created_at", .datetime),
        ]
    }

    /// What the ids of the points are made of.
    var keyKind: PointKeyKind {
        switch key {
        case .uuid: .uuid
        case .bigint: .integer
        case .text: .text
        }
    }

    /// The collection that the client is aimed at, as the sync keeps it.
    ///
    /// - Parameter storage: how it keeps its vectors, where it is made.
    func collection(
        _ client: QdrantClient,
        _ identity: VectorIdentity,
        _ version: QdrantVersion,
        _ storage: VectorStorage
    ) -> QdrantCollection {
        QdrantCollection(
            client: client,
            source: name,
            identity: identity,
            version: version,
            storage: storage,
            payloadIndexes: payloadIndexes
        )
    }

    /// The points of that collection.
    func sink(_ client: QdrantClient, _ identity: VectorIdentity) -> QdrantSink {
        QdrantSink(
            client: client,
            source: name,
            embedder: identity.fingerprint,
            keyKind: keyKind,
            dimension: identity.dimension,
            timestamp: { Date().formatted(.iso8601) }
        )
    }

    /// The generations that the configured name stands for, stood for or may stand for.
    func generations(_ client: QdrantClient, _ version: QdrantVersion, _ clock: RunClock) -> QdrantGenerations {
        QdrantGenerations(
            client: client,
            source: name,
            version: version,
            clock: clock,
            timestamp: { Date().formatted(.iso8601) }
        )
    }
}
