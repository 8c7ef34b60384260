import CurlHTTP
import Embedding
import Foundation
import SandboxServers
import TestSupport

/// A run and what it was seen to do, by its report and by the embedding servers.
struct MeasuredRun {
    let outcome: Program.Outcome
    let report: [String: Any]
    /// Texts that the sandbox's servers embedded for it, beside the canaries.
    let texts: Int

    var status: Int32 { outcome.status }
    var errors: String { outcome.errors }

    /// A number of the report; -1 where there is none.
    func count(_ member: String) -> Int { report[member] as? Int ?? -1 }

    /// What a dry run says would be done; -1 where it says nothing.
    func would(_ member: String) -> Int { (report["would"] as? [String: Any])?[member] as? Int ?? -1 }
}

extension Scenario {
    /// Runs a sync to its end, with a report.
    func measure(_ arguments: String..., environment: [String: String] = [:]) async throws -> MeasuredRun {
        let before = textsEmbedded
        let outcome = try await Self.program.run(
            arguments + ["--report", reportPath],
            environment: self.environment.merging(environment) { $1 }
        )
        let canaries = Canaries.texts.count * (servers.sandbox?.ollama.count ?? 0)
        return MeasuredRun(outcome: outcome, report: try report(), texts: textsEmbedded - before - canaries)
    }

    /// Texts that the sandbox's servers have embedded so far, for whomever.
    var textsEmbedded: Int { (servers.sandbox?.ollama ?? []).reduce(0) { $0 + $1.stats().textsEmbedded } }

    /// Sets members of the payloads of one pattern's point by hand.
    func editPayload(ofPattern number: Int, _ members: String) async throws {
        _ = try await qdrant(
            .post,
            "/points/payload?wait=true",
            #"{"payload":\#(members),"points":["\#(Self.id(ofPattern: number))"]}"#
        )
    }

    /// Deletes the points of patterns by hand.
    func deletePoints(ofPatterns numbers: ClosedRange<Int>) async throws {
        let ids = numbers.map { "\"\(Self.id(ofPattern: $0))\"" }.joined(separator: ",")
        _ = try await qdrant(.post, "/points/delete?wait=true", #"{"points":[\#(ids)]}"#)
    }

    /// The id of a row of `PatternTable.rows`.
    static func id(ofPattern number: Int) -> String {
        let digits = String(number, radix: 16)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// Waits until `condition` holds, for half a minute at most.
    func wait(for program: RunningProgram, until condition: () async throws -> Bool) async throws {
        for _ in 0..<3_000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Timeout(errors: program.errors)
    }
}
