internal import Embedding
internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// Finds out where a rebuild begins: with a new generation, or with one that an earlier attempt has left.
struct RebuildBeginning {
    let work: SyncWork

    private var generations: QdrantGenerations { work.generations }
    private var setup: SyncSetup { work.setup }
    private var configuration: Configuration { setup.configuration }

    /// The generation that is built, and how far earlier attempts have got with it.
    struct Beginning {
        enum Progress {
            case new, begun, filled
        }

        var name: CollectionName
        var progress: Progress
    }

    /// Decides which generation is built, makes it where it is new, and deletes what others have left unfinished.
    func find(_ history: JournalHistory) async throws(PipelineError) -> Beginning {
        let all = try await work.retrying { () async throws(PipelineError) in try await generations.list() }
        let live = all.first(where: \.isLive)?.number ?? 0
        let last = history.runs.last { $0.header.mode == .full && !$0.header.isPartial }
        var unfinished: Generation?
        if !work.sync.beginsAnew, let last {
            unfinished = all.first { generation in
                generation.name.description == last.header.collection && generation.number > live && generation.isOurs
                    && last.header.fingerprint == RunStart.fingerprint(setup, into: generation.name)
            }
            // One that was live and is not any more was left, and is not come back to.
            if let begun = unfinished, try await wasLive(begun.name) { unfinished = nil }
            if let begun = unfinished, try await !hasSameVectors(begun.name, last) { unfinished = nil }
            if let begun = unfinished, try await !isStoredAsWanted(begun.name) { unfinished = nil }
        }
        // Before Qdrant 1.16 no generation says whether it is complete; then only the one that is on record is known not to be.
        let leftovers = all.filter { generation in
            generation.isBuilding && !generation.isLive && generation.isOurs && generation != unfinished
                && (setup.version.keepsMetadata || generation.name.description == last?.header.collection)
        }
        for leftover in leftovers {
            work.logger.notice("\(leftover.name) was begun by a rebuild that is not gone on with: it is deleted")
            _ = try await work.retrying { () async throws(PipelineError) in try await generations.drop(leftover.name) }
        }
        if let unfinished, last?.status?.isFinal == true {
            work.logger.info("\(unfinished.name) is filled already: it is compared once more and switched to")
            return Beginning(name: unfinished.name, progress: .filled)
        }
        let number = unfinished?.number ?? (all.map(\.number).max() ?? 0) + 1
        let name = try await work.retrying { () async throws(PipelineError) in
            try await generations.create(
                number,
                for: setup.identity,
                storage,
                payloadIndexes: configuration.query.payloadIndexes
            )
        }
        work.logger.info("building the generation \(name)")
        tellLostStorage()
        return Beginning(name: name, progress: unfinished == nil ? .new : .begun)
    }

    /// What nothing is said of stays as the live collection has it.
    private var storage: VectorStorage { work.sync.storage.completed(by: setup.findings?.storage) }

    /// Tells what of the live collection's storage a new generation is not given, as there is no choice of it here.
    private func tellLostStorage() {
        guard let found = setup.findings?.storage else { return }
        var lost: [String] = []
        if storage.datatype == nil { lost.append("the datatype \(found.datatype)") }
        if storage.quantization == nil { lost.append("the quantization \(found.quantization)") }
        guard !lost.isEmpty else { return }
        work.logger.notice(
            """
            \(configuration.collection) has \(lost.joined(separator: " and ")), and the new generation has not: give it \
            that in Qdrant, or choose with --datatype and --quantization
            """
        )
    }

    /// Whether a generation that was begun keeps its vectors as this rebuild is to keep them.
    private func isStoredAsWanted(_ name: CollectionName) async throws(PipelineError) -> Bool {
        let look = CollectionLook(
            client: setup.client.aimed(at: name),
            source: configuration.query.name,
            version: setup.version
        )
        let found = try await work.retrying { () async throws(PipelineError) in try await look.storage() }
        return found.map { storage.differences(from: $0).isEmpty } ?? false
    }

    /// Whether the name stood for the generation once: then the sync's own journal tells of it.
    private func wasLive(_ name: CollectionName) async throws(PipelineError) -> Bool {
        let location = JournalLocation(directory: configuration.journalDirectory, name: configuration.syncName)
        return try await JournalReader.contents(of: location).history.runs.contains {
            $0.header.collection == name.description
        }
    }

    /// Whether the vectors that a generation was begun with are those that the embedder makes now: a server that was
    /// updated may make others of the same model.
    private func hasSameVectors(_ name: CollectionName, _ run: RunRecord) async throws(PipelineError) -> Bool {
        let client = setup.client.aimed(at: name)
        let look = CollectionLook(client: client, source: configuration.query.name, version: setup.version)
        let stamped = try await work.retrying { () async throws(PipelineError) in try await look.identity() }
        let begun = stamped ?? run.header.embedderRecord.flatMap { VectorIdentity(encoded: $0) }
        return begun.map { Canaries.agreement($0.canaries, setup.identity.canaries) >= Canaries.threshold } ?? false
    }
}
