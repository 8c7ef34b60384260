internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// Looks at and changes the generations of a collection.
struct GenerationsSession {
    let configuration: Configuration
    let logger: Logger

    /// What can be done once the server is reached.
    struct Work {
        let client: QdrantClient
        let generations: QdrantGenerations
        let locks: SyncLocks
        /// Whether the server remembers which generations are complete.
        let keepsMetadata: Bool
        let logger: Logger

        func list() async throws(PipelineError) -> [Generation] {
            try await locks.patience.run(.sink) { () async throws(PipelineError) in try await generations.list() }
                .result
        }

        /// Deletes all of ours but the live one. Nobody builds one meanwhile.
        func drop() async throws(PipelineError) {
            try await locks.hold(locks.configuration.rebuildName) { _ throws(PipelineError) in
                let all = try await list()
                let naming = try await locks.patience.run(.sink) { () async throws(PipelineError) in
                    try await client.naming()
                }.result
                // Where the name stands for nothing, a complete generation may be all there is.
                guard naming != .missing || all.rollbackTarget == nil else {
                    throw PipelineError(
                        .setup,
                        "\(locks.configuration.collection) stands for none of its generations: dropping them would leave nothing",
                        remedy: "let it stand for one with --rollback first"
                    )
                }
                for generation in all where !generation.isLive && generation.isOurs {
                    try await generations.drop(generation.name)
                    logger.notice("\(generation.name) is deleted (\(generation.points) points)")
                }
            }
        }

        /// What the sync's journal has to tell from here on: that the name stood for these generations, and that of the
        /// runs before there is none to resume.
        private static func record(of generation: Generation) -> [JournalEvent] {
            let header = RunHeader(
                runID: "rollback \(generation.name)",
                mode: .full,
                fingerprint: Fingerprint(source: "", target: "", embedder: ""),
                collection: generation.name.description,
                model: generation.model ?? ""
            )
            return [.began(header), .ended(.completed, Tally())]
        }

        /// Switches back. No sync and no rebuild is under way meanwhile.
        func rollBack() async throws(PipelineError) {
            try await locks.hold(locks.configuration.rebuildName) { _ throws(PipelineError) in
                try await locks.hold(locks.configuration.syncName) { journal throws(PipelineError) in
                    let all = try await list()
                    guard let target = all.rollbackTarget else {
                        throw PipelineError(
                            .setup,
                            "\(locks.configuration.collection) has no generation to go back to",
                            remedy: "see 'pattern-sync generations': one that is complete and not live is needed"
                        )
                    }
                    guard
                        keepsMetadata
                            || journal.history.runs.contains(where: { $0.header.collection == "\(target.name)" })
                    else {
                        throw PipelineError(
                            .setup,
                            "nothing tells whether \(target.name) is complete: this Qdrant keeps no record of it (1.16 does), "
                                + "and the journal has none",
                            remedy: "build a new generation with --rebuild"
                        )
                    }
                    try await generations.makeLive(target.name)
                    let known = all.filter(\.isLive) + [target]
                    try await journal.append(known.flatMap { Self.record(of: $0) })
                    let model = target.model ?? "the model that filled it, which is not known"
                    logger.notice(
                        """
                        \(locks.configuration.collection) stands for \(target.name) now; runs and searches after this \
                        need \(model)
                        """
                    )
                }
            }
        }
    }

    /// Reaches the server, and closes the connections when `body` is done.
    func run<Result>(_ body: (Work) async throws(PipelineError) -> Result) async throws(PipelineError) -> Result {
        let clock = RunClock(ContinuousClock())
        let servers = try Servers(configuration, clock: clock, observer: LogObserver(logger: logger), logger: logger)
        let result: Swift.Result<Result, PipelineError>
        do throws(PipelineError) {
            let (client, version) = try await servers.reaching { () async throws(PipelineError) in
                try await servers.qdrant()
            }
            let work = Work(
                client: client,
                generations: configuration.query.generations(client, version, clock),
                locks: SyncLocks(
                    configuration: configuration,
                    clock: clock,
                    patience: servers.patience,
                    maxOutage: configuration.wait,
                    logger: logger
                ),
                keepsMetadata: version.keepsMetadata,
                logger: logger
            )
            result = .success(try await body(work))
        } catch {
            result = .failure(error)
        }
        await servers.close()
        return try result.get()
    }
}
