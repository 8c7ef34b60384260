internal import Embedding
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// Finds out whether table and collection agree, and writes nothing.
struct VerifySession {
    let setup: SyncSetup
    let options: RunOptions
    /// How many rows are embedded again.
    let sampleSize: Int
    let retrier: Retrier
    let logger: Logger

    /// How many differences are named: more than these no person goes through one by one.
    private static let listed = 100

    func run() async throws(PipelineError) -> Verdict {
        let began = retrier.clock.now
        if setup.findings != nil {
            let isDrained = try await retrier.run(.sink) { () async throws(PipelineError) in
                try await setup.target.waitForQueue(atMost: .seconds(60), retrier.clock)
            }.result
            if !isDrained { logger.warning("Qdrant still has changes to make: what they change may look different") }
        }
        var options = options
        options.adopts = setup.adopts
        let run = ComparisonRun(
            source: setup.feeds.source(.rows),
            lookup: setup.feeds.lookup(),
            reader: setup.findings == nil ? nil : setup.sink,
            options: options,
            retrier: retrier
        )
        var reservoir = Reservoir<RowKey>(capacity: sampleSize)
        var listed: [Verdict.Named] = []
        let found = try await run.run { finding in
            if case .row(let key, let difference) = finding, difference == nil || difference == .payload {
                reservoir.add(key)
            }
            if listed.count < Self.listed, let named = Verdict.Named(finding) { listed.append(named) }
        }
        return Verdict(
            collection: setup.configuration.collection.description,
            model: setup.identity.model,
            found: found,
            unmarkedPoints: setup.findings?.unmarkedPoints ?? 0,
            foreignPoints: setup.findings?.foreignPoints ?? 0,
            listed: listed,
            sample: try await sample(reservoir.elements),
            duration: retrier.clock.now - began
        )
    }

    /// Embeds the rows again, compares with what is stored, and looks for each as its own nearest neighbour.
    private func sample(_ keys: [RowKey]) async throws(PipelineError) -> Verdict.Sample {
        guard !keys.isEmpty else { return Verdict.Sample() }
        let lookup = setup.feeds.lookup()
        var rows: [Row] = []
        var wanted = keys
        while !wanted.isEmpty {
            let keys = wanted
            let found = try await retrier.run(.source) { () async throws(PipelineError) in
                try await lookup.rows(of: keys, bytes: options.chunkBytes)
            }.result
            rows += found.rows
            wanted = found.unread
        }
        await lookup.close()
        let points = try await retrier.run(.sink) { () async throws(PipelineError) in
            try await setup.sink.points(of: keys, .vectors)
        }.result
        // What was cut cannot be embedded again as it was; what changed since it was compared says nothing.
        var pairs: [VectorSample.Pair] = []
        for row in rows {
            guard let point = points[row.key], let vector = point.vector, !point.isTruncated,
                point.textHash == row.textHash
            else { continue }
            pairs.append(VectorSample.Pair(id: row.key.description, key: row.key, text: row.text, stored: vector))
        }
        let embedder = setup.embedding.servers[0].embedder(for: setup.embedding.model, prefix: setup.identity.prefix)
        let outcomes = try await VectorSample(embedder: embedder, retrier: retrier).compare(pairs)
        var sample = Verdict.Sample(size: outcomes.count)
        let neighbours = NeighbourCheck(client: setup.client, source: setup.configuration.query.name)
        for outcome in outcomes {
            sample.lowestCosine = min(sample.lowestCosine ?? 1, outcome.cosine)
            guard outcome.agrees else {
                sample.disagreeing.append(outcome.id)
                continue
            }
            guard let key = outcome.key else { continue }
            let isNearest = try await retrier.run(.sink) { () async throws(PipelineError) in
                try await neighbours.isNearest(key, to: outcome.vector)
            }.result
            if !isNearest { sample.notNearest.append(outcome.id) }
        }
        return sample
    }
}
