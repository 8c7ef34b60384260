internal import Embedding
internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// What is known about a sync once every server was asked, before anything is written.
struct SyncSetup {
    let configuration: Configuration
    let inspection: SourceInspection
    let embedding: EmbeddingServers
    let identity: VectorIdentity
    let feeds: SyncFeeds
    /// Aimed at the collection itself, where the configured name is an alias.
    let client: QdrantClient
    let version: QdrantVersion
    /// What the configured name stands for.
    let naming: Naming
    /// Nil while there is no collection.
    let findings: CollectionFindings?
    let target: QdrantCollection
    let sink: QdrantSink
    /// Nil where it does not matter how the collection that is there keeps its vectors.
    private let storage: StorageCheck?
    /// Whether points that bear nobody's name are taken for the rows' own.
    let adopts: Bool

    /// What is expected of the collection that is there.
    enum Purpose {
        /// It has to fit, since it is written to.
        case mirror
        /// It has to fit, but may hold points of others as well.
        case verify
        /// It is only looked at: another is built beside it.
        case rebuild
    }

    /// Asks all servers, waiting for those that are not up yet.
    ///
    /// - Throws: `.setup` when something does not fit, `.outage` when a server stays away.
    init(
        _ configuration: Configuration,
        _ sync: SyncConfiguration,
        _ reach: Servers,
        _ clock: RunClock,
        for purpose: Purpose = .mirror
    ) async throws(PipelineError) {
        let query = configuration.query
        let patience = reach.patience
        self.configuration = configuration
        // Meanwhile the others are asked: the models may have to be loaded.
        async let inspected = reach.inspectedEmbedders()
        var feeds = SyncFeeds(configuration: configuration, snapshotWindow: sync.snapshotWindow, clock: clock)
        let source = feeds.source(.rows)
        inspection = try await patience.run(.source) { () async throws(PipelineError) in try await source.inspect() }
            .result
        await source.close()
        feeds.inspection = inspection
        self.feeds = feeds

        let (server, version) = try await reach.qdrant()
        let naming = try await patience.run(.sink) { () async throws(PipelineError) in try await server.naming() }
            .result
        // From here on all goes to what the name stands for now, wherever an alias may lead meanwhile.
        let client = server.aimed(at: naming)
        let look = CollectionLook(client: client, source: query.name, version: version)
        let known = try await patience.run(.sink) { () async throws(PipelineError) in try await look.identity() }.result
        // What is on record of a collection that is gone, or of the one before, is nothing about the next.
        let isOnRecord = !version.keepsMetadata && naming != .missing && purpose != .rebuild
        let record = isOnRecord ? try await Self.record(configuration, of: client.collection) : nil
        let stored = purpose == .rebuild ? nil : known ?? record

        embedding = try EmbeddingServers(await inspected, agreeing: stored, reach.logger)
        let prefix = sync.prefix == .model ? try TextPrefix.prescribed(for: embedding.model.name) : .none
        let identity = VectorIdentity(
            fingerprint: embedding.model.fingerprint(
                prefix: prefix.document,
                overlong: sync.options.overlong.rawValue
            ),
            model: embedding.model.name,
            digest: embedding.model.digest,
            dimension: embedding.model.dimension,
            prefix: prefix.document,
            queryPrefix: prefix.query,
            canaries: record?.canaries ?? embedding.canaries
        )
        let target = query.collection(client, identity, version, sync.storage)
        findings = try await patience.run(.sink) { () async throws(PipelineError) in
            if purpose == .rebuild { return try await look.findings() }
            return try await target.inspect(query.keyKind, recorded: record, toleratesOthers: purpose == .verify)
        }.result
        storage = purpose == .mirror ? try StorageCheck(findings, sync) : nil
        sink = query.sink(client, identity)
        let check = StoredVectorCheck(
            target: target,
            keyKind: query.keyKind,
            lookup: feeds.lookup(),
            embedder: embedding.servers[0].embedder(for: embedding.model, prefix: identity.prefix),
            retrier: patience
        )
        if purpose != .rebuild, let findings {
            if findings.ownPoints > 0, known == nil, record == nil { try await check.checkOwn() }
            adopts = findings.unmarkedPoints > 0 ? try await check.adopts() : false
        } else {
            adopts = false
        }
        self.identity = identity
        self.version = version
        self.naming = naming
        self.client = client
        self.target = target
    }

    /// What the collection tells about the runs before.
    var evidence: TargetEvidence { findings?.evidence ?? .missing }

    /// What a journal is to remember of the vectors, where the collection cannot.
    func embedderRecord() throws(PipelineError) -> String? {
        version.keepsMetadata ? nil : try identity.encoded()
    }

    /// What the journals remember of the vectors in the collection, which a sync has filled or a rebuild has made.
    private static func record(
        _ configuration: Configuration,
        of collection: CollectionName
    ) async throws(PipelineError) -> VectorIdentity? {
        var runs: [RunRecord] = []
        for name in [configuration.syncName, configuration.rebuildName] {
            let location = JournalLocation(directory: configuration.journalDirectory, name: name)
            let history = try await JournalReader.contents(of: location).history
            if let run = history.recordingRun(into: collection.description) { runs.append(run) }
        }
        let latest = runs.max { $0.startedAt < $1.startedAt }
        return latest?.header.embedderRecord.flatMap { VectorIdentity(encoded: $0) }
    }

    /// Tells a person what was found.
    func log(to logger: Logger) {
        logger.info(
            """
            \(inspection.rowsAreEstimated ? "about " : "")\(inspection.rows) rows in \(inspection.database) \
            (PostgreSQL \(inspection.serverVersion.prefix { $0 != " " })), \(identity.model) with \
            \(identity.dimension) components on \(embedding.servers.map(\.name).joined(separator: ", "))
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
        if !version.keepsMetadata {
            logger.notice(
                """
                Qdrant \(version) has no room for the identity of a collection's vectors (1.16 has): it is kept in \
                the journal
                """
            )
        }
        storage?.log(client.collection, to: logger)
        if adopts, let findings {
            logger.notice(
                """
                \(findings.unmarkedPoints) points bear nobody's name, and their vectors are those of this model: those \
                of unchanged rows are taken over without being embedded again
                """
            )
        }
    }
}
