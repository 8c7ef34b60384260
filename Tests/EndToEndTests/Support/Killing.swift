import CurlHTTP
import Embedding
import Foundation
import SandboxServers
import TestSupport
import Testing

/// Kills a sync at random moments, again and again, until it completes; and counts what that costs.
struct Killing {
    let scenario: Scenario
    let embedder: RunningServer
    let qdrant: SandboxProcess
    /// What the program is told.
    let arguments: [String]
    /// How much may be done between two kills.
    let reach: Reach
    let client: HTTPClient
    var random: SeededRandom

    /// The bounds of what happens before a kill.
    struct Reach {
        let milliseconds: Int
        let texts: Int
        let requests: Int
    }

    /// What the kills came to.
    struct Toll {
        var kills = 0
        var terminations = 0
        /// How often Qdrant was killed.
        var qdrantKills = 0
        /// Texts that were embedded before and had to be embedded again, for each start after a kill.
        var repeated: [Int] = []

        var most: Int { repeated.max() ?? 0 }
        var mean: Double { Double(repeated.reduce(0, +)) / Double(max(repeated.count, 1)) }
    }

    /// When to strike.
    private enum Moment {
        case after(Duration)
        case texts(Int)
        case requests(Int)
    }

    /// What has been embedded so far.
    private struct Count {
        let texts: Int
        let distinct: Int
    }

    /// Runs the program until it completes, killing it up to `most` times.
    mutating func run(atMost most: Int) async throws -> Toll {
        var toll = Toll()
        var seen = embedded()
        var isFirst = true
        while true {
            let program = try Scenario.program.start(arguments, environment: scenario.environment)
            let isKilled = toll.kills < most ? try await strike(program, &toll) : false
            let outcome = await program.outcome()
            // What a server has begun it finishes, though nobody waits for it any more.
            while embedder.requestsUnderWay > 0 { try await Task.sleep(for: .milliseconds(1)) }
            let now = embedded()
            if !isFirst { toll.repeated.append(now.texts - seen.texts - (now.distinct - seen.distinct)) }
            isFirst = false
            seen = now
            if outcome.status == 0 { return toll }
            // PostgreSQL may take a moment to notice that the holder of a lock is gone.
            let isLocked = outcome.status == 75 && outcome.errors.contains("holds its lock in the database")
            let isEnding = [128 + SIGKILL, 128 + SIGTERM].contains(outcome.status)
            guard isKilled && isEnding || isLocked else { throw Scenario.Timeout(errors: outcome.errors) }
        }
    }

    /// Waits for a random moment and kills the program, Qdrant, or both.
    ///
    /// - Returns: whether the program was sent a signal.
    private mutating func strike(_ program: RunningProgram, _ toll: inout Toll) async throws -> Bool {
        guard try await wait(for: moment(), of: program) else { return false }
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1:
            program.send(signal: SIGTERM)
            toll.terminations += 1
        case 2:
            // The run waits it out, and is killed later.
            await qdrant.kill()
            toll.qdrantKills += 1
            try await qdrant.start()
            guard try await wait(for: moment(), of: program) else { return false }
            program.send(signal: SIGKILL)
        case 3:
            // Qdrant first: what it was about to write it has not acknowledged.
            await qdrant.kill()
            toll.qdrantKills += 1
            program.send(signal: SIGKILL)
            try await qdrant.start()
        default: program.send(signal: SIGKILL)
        }
        toll.kills += 1
        return true
    }

    private mutating func moment() -> Moment {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .after(.milliseconds(Int.random(in: 0...reach.milliseconds, using: &random)))
        case 1: .texts(Int.random(in: 0...reach.texts, using: &random))
        default: .requests(Int.random(in: 0...reach.requests, using: &random))
        }
    }

    /// - Returns: whether the moment came before the program ended.
    private func wait(for moment: Moment, of program: RunningProgram) async throws -> Bool {
        let texts = embedded().texts
        let requests = try await requestsToQdrant()
        let began = ContinuousClock.now
        while program.isRunning {
            switch moment {
            case .after(let time): if began.duration(to: .now) >= time { return true }
            case .texts(let count):
                if embedded().texts >= texts + count { return true }
            case .requests(let count):
                if try await requestsToQdrant() >= requests + count { return true }
            }
            // A moment that never comes, because there is so little left to do, ends with the run.
            try await Task.sleep(for: .milliseconds(2))
        }
        return false
    }

    /// The texts of rows that were embedded, and how many different ones: the canaries are no rows.
    private func embedded() -> Count {
        let stats = embedder.stats()
        let canaries = Canaries.texts.map { embedder.embeds(of: $0) }
        return Count(
            texts: stats.textsEmbedded - canaries.reduce(0, +),
            distinct: stats.distinctTexts - canaries.count { $0 > 0 }
        )
    }

    private func requestsToQdrant() async throws -> Int {
        let answer = try await client.send(HTTPRequest(.get, qdrant.url + "/_sandbox/stats"))
        let stats = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        return stats?["requests"] as? Int ?? 0
    }
}
