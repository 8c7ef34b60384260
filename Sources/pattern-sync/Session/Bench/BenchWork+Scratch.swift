internal import Foundation
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

extension BenchWork {
    /// What removing it may take after a signal, so that what was measured is told before the process is ended.
    private static let grace = Duration.seconds(5)

    /// A collection of this benchmark's own, which is not made yet.
    func scratch(_ embedding: BenchEmbedding) async throws(PipelineError) -> ScratchCollection {
        let reach = reach
        let isNamed = session.named.qdrant
        let scratch = try await stoppable { () async throws(PipelineError) -> ScratchCollection in
            // Where nobody has said that there is a Qdrant, that there is none is no outage.
            let client = reach.qdrantClient
            let version = isNamed ? try await reach.qdrant().version : try await client.version()
            let number = UInt32.random(in: .min ... .max)
            return try ScratchCollection(client, number: number, identity: embedding.identity, version: version)
        }
        for name in try await stoppable({ () async throws(PipelineError) in try await scratch.others() }) {
            logger.notice(
                """
                the collection \(name) was left by a benchmark that was killed, unless that is under way: delete it in \
                Qdrant with DELETE /collections/\(name)
                """
            )
        }
        return scratch
    }

    /// Makes the collection for `body`, and removes it whatever comes of it.
    func filling(
        _ scratch: ScratchCollection,
        _ body: (QdrantSink) async throws(PipelineError) -> Void
    ) async throws(PipelineError) {
        let payloadIndexes = query.payloadIndexes
        try await stoppable { () async throws(PipelineError) in try await scratch.checkName() }
        let result: Result<Void, PipelineError>
        do throws(PipelineError) {
            let client = try await stoppable { () async throws(PipelineError) in
                try await scratch.make(payloadIndexes: payloadIndexes)
            }
            let sink = QdrantSink(
                client: client,
                source: ScratchCollection.source,
                embedder: "",
                keyKind: query.keyKind,
                timestamp: { Date().formatted(.iso8601) }
            )
            result = .success(try await body(sink))
        } catch {
            result = .failure(error)
        }
        do throws(PipelineError) {
            try await remove(scratch)
        } catch {
            // What went wrong first comes first, and after a signal nothing that goes wrong is told.
            guard case .success = result, session.signals.received == nil else {
                logger.error("\(error)")
                return try result.get()
            }
            throw error
        }
        try result.get()
    }

    /// No signal cancels it, but it is given up soon after one.
    private func remove(_ scratch: ScratchCollection) async throws(PipelineError) {
        if session.signals.received != nil {
            logger.info("stopping: Qdrant gets \(Self.grace.seconds) s to remove \(scratch.name)")
        }
        let patience = reach.patience
        let removal = await session.signals.allowing(Self.grace, clock) { () async -> Result<Void, PipelineError> in
            do throws(PipelineError) {
                _ = try await patience.run(.sink) { () async throws(PipelineError) in try await scratch.remove() }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        switch removal {
        case .success: return
        case .failure(let error): throw scratch.leftOver(because: error)
        case nil:
            let delay = "Qdrant has not removed it \(Self.grace.seconds) s after the signal"
            throw scratch.leftOver(because: PipelineError(.outage, delay))
        }
    }
}
