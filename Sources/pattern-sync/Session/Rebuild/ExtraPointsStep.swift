internal import Pipeline
internal import Postgres
internal import Qdrant

/// What a rebuild does about extra points of the old generation: those that are neither this sync's nor of any row. They
/// are what the option `--foreign` is about.
struct ExtraPointsStep {
    let setup: SyncSetup
    let retrier: Retrier

    private var points: ExtraPoints {
        let query = setup.configuration.query
        return ExtraPoints(client: setup.client, source: query.name, keyKind: query.keyKind)
    }

    /// Stops at such points, unless it was said what to do with them.
    func check(_ policy: ExtraPointsPolicy?) async throws(PipelineError) {
        guard let findings = setup.findings, findings.unmarkedPoints + findings.foreignPoints > 0 else { return }
        guard findings.foreignPoints == 0 || policy == .drop && setup.naming != .collection else {
            throw PipelineError(
                .setup,
                "\(findings.collection) holds \(findings.foreignPoints) points of other syncs, which no generation of this one "
                    + "may hold",
                remedy: setup.naming == .collection
                    ? "give each sync a collection of its own first: name another one in QDRANT_COLLECTION"
                    : "leave them behind with --foreign drop, or give each sync a collection of its own"
            )
        }
        guard policy != .drop else { return }
        var count = 0
        try await each { points throws(PipelineError) in count += points.count }
        guard count > 0 else { return }
        guard let policy else {
            throw PipelineError(
                .setup,
                "\(findings.collection) holds \(count) points that are neither this sync's nor of a row of the table",
                remedy: "say what becomes of them: --foreign copy takes them into the new generation, --foreign drop "
                    + "leaves them behind"
            )
        }
        if policy == .copy, findings.dimension != setup.identity.dimension {
            throw PipelineError(
                .setup,
                "\(findings.collection) holds \(count) points of others with \(findings.dimension ?? 0) components, which "
                    + "cannot be copied among vectors of \(setup.identity.dimension)",
                remedy: "leave them behind with --foreign drop"
            )
        }
    }

    /// Copies them.
    func copy(to target: QdrantClient) async throws(PipelineError) {
        guard setup.findings != nil else { return }
        try await each { found throws(PipelineError) in
            _ = try await retrier.run(.sink) { () async throws(PipelineError) in
                try await points.copy(found, to: target)
            }
        }
    }

    /// Calls `body` with the extra points, a page at a time.
    private func each(_ body: ([ExtraPoints.Element]) async throws(PipelineError) -> Void) async throws(PipelineError) {
        let lookup = setup.feeds.lookup()
        var position: Position?
        repeat {
            let from = position
            let page = try await retrier.run(.sink) { () async throws(PipelineError) in
                try await points.page(from: from, limit: 100)
            }.result
            let keys = page.points.compactMap(\.key)
            let rows = try await retrier.run(.source) { () async throws(PipelineError) in
                try await lookup.existing(keys)
            }.result
            let extra = page.points.filter { point in point.key.map { !rows.contains($0) } ?? true }
            if !extra.isEmpty { try await body(extra) }
            position = page.next
        } while position != nil
        await lookup.close()
    }
}
