import ArgumentParser
import Embedding
import Logging
import Pipeline
import Postgres
import Qdrant
import SandboxServers
import Settings
import TestSupport

@testable import pattern_sync

/// What interrupts a run.
enum Interruption {
    /// The operator's signal, once so many texts or points have been on their way.
    case stop(afterRequests: Int)
    /// A server that refuses all requests with this in them.
    case refusal(OfServer, text: String, status: Int)

    enum OfServer {
        case embedding, upserts, qdrant
    }
}

extension World {
    func configuration() throws -> Configuration {
        let settings = Settings(
            environment: [
                "DATABASE_URL": databaseURL, "OLLAMA_BASE_URL": ollama.url, "QDRANT_URL": qdrant.url,
                "QDRANT_COLLECTION": collection, "PATTERN_SYNC_JOURNAL": journal,
            ],
            file: .none
        )
        var configuration = try Configuration(settings, wait: "0s")
        configuration.query = SourceQuery(
            name: Self.source,
            definition: .sql(Self.query),
            key: KeyType(rawValue: key.rawValue) ?? .uuid
        )
        return configuration
    }

    /// Options of a run that leave its outcome alone.
    func randomSettings() -> [String] {
        var options = ["--max-outage", "0s", "--batch-size", "\(number(1...8))", "--embed-batch", "\(number(1...5))"]
        if chance(2) { options += ["--window", "\(number(1...4))"] }
        if chance(2) { options += ["--snapshot-window", "0s"] }
        if chance(3) { options += ["--concurrency", "\(number(1...3))"] }
        return options
    }

    private var logging: LogConfiguration {
        LogConfiguration(format: .text, level: .critical, showsProgress: false)
    }

    func session(_ options: [String], signals: StopSignals = StopSignals()) throws -> SyncSession {
        let settings = Settings(environment: [:], file: .none)
        var sync = try SyncConfiguration(settings, SyncOptions.parse(options))
        sync.options.chunkDigests = number(1...12)
        return SyncSession(configuration: try configuration(), sync: sync, log: logging, signals: signals)
    }

    /// Runs a sync with these options, in the tests' own process.
    func run(
        _ options: [String],
        _ interruption: Interruption? = nil
    ) async throws -> Result<SyncSession.Outcome, PipelineError> {
        ollama.resetStats()
        qdrant.resetStats()
        let signals = StopSignals()
        let session = try session(options, signals: signals)
        let result = await result(of: session, signals, interruption)
        if interruption != nil { try await quietDown() }
        textsEmbedded = ollama.stats().textsEmbedded
        ollama.faults.clear()
        qdrant.faults.clear()
        return result
    }

    /// A server finishes what it was sent even when nobody waits for it any more.
    private func quietDown() async throws {
        var quiet = 0
        while quiet < 3 {
            try await ContinuousClock().sleep(for: .milliseconds(1))
            quiet = ollama.requestsUnderWay + qdrant.requestsUnderWay == 0 ? quiet + 1 : 0
        }
    }

    private func result(
        of session: SyncSession,
        _ signals: StopSignals,
        _ interruption: Interruption?
    ) async -> Result<SyncSession.Outcome, PipelineError> {
        switch interruption {
        case nil: return await Self.result(of: session)
        case .stop(let count):
            let (ollama, qdrant) = (ollama, qdrant)
            return await withTaskGroup(of: Result<SyncSession.Outcome, PipelineError>?.self) { group in
                group.addTask { await Self.result(of: session) }
                group.addTask {
                    while ollama.stats().requests + qdrant.stats().requests < count {
                        guard (try? await ContinuousClock().sleep(for: .milliseconds(1))) != nil else { return nil }
                    }
                    await signals.receive(.interrupt)
                    return nil
                }
                var result = Result<SyncSession.Outcome, PipelineError>.failure(.cancelled)
                for await ended in group {
                    guard let ended else { continue }
                    result = ended
                    group.cancelAll()
                }
                return result
            }
        case .refusal(let server, let text, let status):
            switch server {
            case .embedding: ollama.faults.set(.init(.embed, match: text, .status(status)))
            case .upserts: qdrant.faults.set(.init(.upsert, match: text, .status(status)))
            case .qdrant: qdrant.faults.set(.init(.path("/collections/"), match: text, .status(status)))
            }
            return await Self.result(of: session)
        }
    }

    private static func result(of session: SyncSession) async -> Result<SyncSession.Outcome, PipelineError> {
        do throws(PipelineError) { return .success(try await session.run()) } catch { return .failure(error) }
    }

    func verify(_ options: [String]) async throws -> Result<Verdict, PipelineError> {
        let session = try session(options)
        do throws(PipelineError) { return .success(try await session.verify(sample: 100)) } catch {
            return .failure(error)
        }
    }

    /// Goes back to the generation before, or drops those that are not live.
    func generations(drops: Bool) async throws -> Result<Void, PipelineError> {
        let session = GenerationsSession(configuration: try configuration(), logger: logging.logger())
        do throws(PipelineError) {
            try await session.run { work throws(PipelineError) in
                if drops { try await work.drop() } else { try await work.rollBack() }
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }
}
