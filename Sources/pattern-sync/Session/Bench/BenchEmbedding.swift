internal import Bench
internal import Embedding
internal import Logging
internal import Pipeline
internal import Qdrant

/// The embedding servers that are measured, and what is known of their vectors.
struct BenchEmbedding: Sendable {
    let servers: EmbeddingServers
    let identity: VectorIdentity

    var metered: [BenchEmbedder] {
        servers.servers.map {
            BenchEmbedder(server: $0, dimension: identity.dimension, prefix: identity.prefix)
        }
    }

    var embedders: [any Embedder] {
        servers.servers.map { $0.embedder(for: servers.model, prefix: identity.prefix) }
    }

    func model(provider: String) -> BenchReport.Model {
        BenchReport.Model(
            name: servers.model.name,
            provider: provider,
            digest: servers.model.digest,
            dimension: servers.model.dimension,
            contextLength: servers.model.contextLength
        )
    }
}

extension BenchWork {
    /// Asks the servers for their first answers, one after another, and then what they are.
    func reachEmbedding() async throws(PipelineError) -> BenchEmbedding {
        let loads = plan.measures(.embedder) ? try await stoppable(coldLoads) : [:]
        let reach = reach
        let inspected = try await stoppable { () async throws(PipelineError) in await reach.inspectedEmbedders() }
        let servers = try EmbeddingServers(inspected, agreeing: nil, reach.logger)
        let prefix = sync.prefix == .model ? try TextPrefix.prescribed(for: servers.model.name) : .none
        let measuresServers = plan.measures(.embedder)
        record.change { report in
            report.leftOut = Self.leftOut(inspected)
            guard measuresServers else { return }
            report.servers = servers.servers.map { ServerReport(name: $0.name, coldLoad: loads[$0.name]) }
        }
        return BenchEmbedding(
            servers: servers,
            identity: VectorIdentity(
                fingerprint: servers.model.fingerprint(
                    prefix: prefix.document,
                    overlong: sync.options.overlong.rawValue
                ),
                model: servers.model.name,
                digest: servers.model.digest,
                dimension: servers.model.dimension,
                prefix: prefix.document,
                queryPrefix: prefix.query,
                canaries: servers.canaries
            )
        )
    }

    /// Those that were not up; nil where all were.
    private static func leftOut(_ inspected: [EmbeddingServers.Inspected]) -> [BenchReport.LeftOut]? {
        let down = inspected.compactMap { one -> BenchReport.LeftOut? in
            guard case .failure(let error) = one.result else { return nil }
            // Its name stands before the reason anyway.
            let prefix = one.server.name + ": "
            let message = error.message
            let reason = message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
            return BenchReport.LeftOut(name: one.server.name, reason: reason)
        }
        return down.isEmpty ? nil : down
    }

    /// What the first request takes at each server, by its name. One after another: they may share a machine.
    private func coldLoads() async throws(PipelineError) -> [String: ServerReport.ColdLoad] {
        var loads: [String: ServerReport.ColdLoad] = [:]
        for server in reach.embeddingServers {
            progress.begins("the first answer of \(server.name)")
            do throws(PipelineError) {
                if plan.unloads { try await unload(server) }
                let first = try await server.firstAnswer(clock)
                loads[server.name] = ServerReport.ColdLoad(
                    hadToLoad: first.hadModel.map { !$0 },
                    seconds: first.duration / .seconds(1),
                    loadSeconds: first.loading.map { $0 / .seconds(1) }
                )
                progress.ended("\(first.duration.seconds) s")
            } catch {
                // A server that is not up yet is waited for when it is asked what it is.
                guard error.isRetryable else { throw error }
                progress.ended("none: \(error.message)")
            }
        }
        return loads
    }

    private func unload(_ server: EmbeddingServer) async throws(PipelineError) {
        if try await server.unload(clock) {
            logger.notice("\(server.name): the model is unloaded, so that loading it is measured")
        } else {
            logger.warning("\(server.name): the model cannot be unloaded; it is measured as it is")
        }
    }
}
