internal import Embedding
internal import Foundation
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// What is known about a sync once every server was asked, before anything is written.
struct SyncSetup {
    let servers: [EmbeddingServer]
    let model: EmbeddingModel
    let identity: VectorIdentity
    let source: PostgresRowSource
    let inspection: SourceInspection
    let sink: QdrantSink
    let target: QdrantCollection
    /// What the collection tells about the runs before.
    let evidence: TargetEvidence

    /// Asks all servers, waiting for those that are not up yet.
    init(
        _ configuration: Configuration,
        _ sync: SyncConfiguration,
        _ reach: Servers,
        _ clock: RunClock
    ) async throws(PipelineError) {
        let query = configuration.query
        let source = PostgresRowSource(
            settings: configuration.database,
            query: query,
            snapshotWindow: sync.snapshotWindow,
            clock: clock
        )
        inspection = try await reach.patience.run(.source) { () async throws(PipelineError) in
            try await source.inspect()
        }.result
        (servers, model) = try await reach.embedding()
        let prefix = sync.prefix == .model ? try TextPrefix.prescribed(for: model.name) : .none
        identity = VectorIdentity(
            fingerprint: model.fingerprint(prefix: prefix.document, overlong: sync.options.overlong.rawValue),
            model: model.name,
            digest: model.digest,
            dimension: model.dimension,
            prefix: prefix.document,
            queryPrefix: prefix.query
        )
        let (client, version) = try await reach.qdrant()
        let target = QdrantCollection(client: client, source: query.name, identity: identity, version: version)
        evidence = try await reach.patience.run(.sink) { () async throws(PipelineError) in
            try await target.inspect()
        }.result
        sink = QdrantSink(
            client: client,
            source: query.name,
            embedder: identity.fingerprint,
            timestamp: { Date().formatted(.iso8601) }
        )
        self.source = source
        self.target = target
    }

    /// Tells a person what was found.
    func log(to logger: Logger) {
        logger.info(
            """
            \(inspection.rowsAreEstimated ? "about " : "")\(inspection.rows) rows in \(inspection.database) \
            (PostgreSQL \(inspection.serverVersion.prefix { $0 != " " })), \(model.name) with \(model.dimension) \
            components on \(servers.map(\.name).joined(separator: ", "))
            """
        )
        if !inspection.isInIndexOrder {
            logger.notice(
                """
                no index yields the query's rows in the order of their id: all rows are sorted at once, and one \
                snapshot is held for the whole run, which holds back vacuum
                """
            )
        }
    }
}
