internal import Embedding
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// A dry run: finds out what a sync would do, and writes nothing anywhere.
struct PlanSession {
    let setup: SyncSetup
    let sync: SyncConfiguration
    let retrier: Retrier

    /// So many texts are embedded to see how long one takes: enough for the long ones not to decide, and few enough to keep
    /// nobody waiting.
    private static let probed = 8

    /// - Parameter list: is called with a line for each row or point that the sync would change, if lines are wanted.
    func run(list: ((String) -> Void)?) async throws(PipelineError) -> SyncPlan {
        var options = sync.options
        options.adopts = setup.adopts
        let run = ComparisonRun(
            source: setup.feeds.source(sync.options.comparesValues ? .rows : .digests),
            lookup: setup.feeds.lookup(),
            reader: setup.findings == nil ? nil : setup.sink,
            options: options,
            retrier: retrier
        )
        var toEmbed: [RowKey] = []
        let found = try await run.run { finding in
            if case .row(let key, let difference) = finding, embeds(difference), toEmbed.count < Self.probed {
                toEmbed.append(key)
            }
            if let list, let line = line(finding) { list(line.printable) }
        }
        var plan = SyncPlan(mode: sync.mode, found: found, prunes: sync.options.prune != nil)
        do throws(PipelineError) {
            try sync.options.prune?.check(stale: found.stale, of: found.points)
        } catch {
            plan.pruneRefusal = error
        }
        if plan.texts > 0 { plan.embeddingTime = try await embeddingTime(of: plan.texts, probing: toEmbed) }
        return plan
    }

    private func embeds(_ difference: Difference?) -> Bool {
        switch (sync.mode, difference) {
        case (_, .missing), (_, .text): true
        case (_, .unclaimed): false
        case (.full, _): true
        case (.incremental, _): false
        }
    }

    private func line(_ finding: Finding) -> String? {
        switch finding {
        case .row(let key, .missing): "insert \(key)"
        case .row(let key, .unclaimed): "payload \(key)"
        case .row(let key, let difference) where embeds(difference): "update \(key)"
        case .row(let key, .payload): "payload \(key)"
        case .row: nil
        case .rejected(let rejection): "reject \(rejection.key ?? "\(rejection.rowCount) rows without key")"
        case .stale(let point):
            "\(sync.options.prune == nil ? "stale" : "delete") \(point.key?.description ?? point.id)"
        }
    }

    /// How long so many texts take, by the time that some of them take now.
    private func embeddingTime(of texts: Int, probing keys: [RowKey]) async throws(PipelineError) -> Duration? {
        let lookup = setup.feeds.lookup()
        let sample = try await retrier.run(.source) { () async throws(PipelineError) in
            try await lookup.rows(of: keys, bytes: 1 << 20)
        }.result.rows.map(\.text)
        await lookup.close()
        guard !sample.isEmpty else { return nil }
        let server = setup.embedding.servers[0].embedder(for: setup.embedding.model, prefix: setup.identity.prefix)
        let began = retrier.clock.now
        do throws(PipelineError) {
            _ = try await retrier.run(.embedder) { () async throws(PipelineError) in try await server.embed(sample) }
        } catch {
            // A text that cannot be embedded is no reason to say nothing about the others.
            guard error.rowFault != nil else { throw error }
            return nil
        }
        let took = retrier.clock.now - began
        return took * (Double(texts) / Double(sample.count * setup.embedding.servers.count))
    }
}
