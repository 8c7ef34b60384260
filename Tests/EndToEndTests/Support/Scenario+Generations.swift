import CurlHTTP
import Foundation
import SandboxServers
import TestSupport

/// A line of `pattern-sync generations --json`.
struct GenerationLine: Decodable, Equatable {
    let number: Int
    let collection: String
    let state: String
    let points: Int
    let model: String?
}

extension Scenario {
    /// What the program tells of the collection's generations.
    func generations(_ arguments: String...) async throws -> [GenerationLine] {
        let outcome = try await Self.program.run(["generations", "--json"] + arguments, environment: environment)
        guard outcome.status == 0 else { throw Timeout(errors: outcome.errors) }
        return try outcome.output.split(separator: "\n").map { line in
            try JSONDecoder().decode(GenerationLine.self, from: Data(line.utf8))
        }
    }

    /// The states of the generations, in the order of their numbers, such as `["previous", "live"]`.
    func generationStates() async throws -> [String] { try await generations().map(\.state) }

    /// The threshold from which on Qdrant indexes vectors; nil where there is no such collection.
    ///
    /// - Parameter suffix: behind the configured name.
    func indexingThreshold(_ suffix: String = "") async throws -> Int? {
        let answer = try await qdrant(.get, suffix)
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        let config = (object?["result"] as? [String: Any])?["config"] as? [String: Any]
        return (config?["optimizer_config"] as? [String: Any])?["indexing_threshold"] as? Int
    }

    /// Whether no collection is ever large enough for that threshold, or it is 0.
    func isIndexingOff() async throws -> Bool {
        guard let threshold = try await indexingThreshold() else { return false }
        return threshold == 0 || threshold > 1_000_000_000_000
    }

    /// All collections that the server has, whoever made them.
    func collections() async throws -> [String] {
        let client = try HTTPClient(configuration: .init(userAgent: "tests"))
        let answer = try await client.send(HTTPRequest(.get, servers.qdrantURL + "/collections"))
        await client.shutDown()
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        let found = (object?["result"] as? [String: Any])?["collections"] as? [[String: Any]] ?? []
        return found.compactMap { $0["name"] as? String }.sorted()
    }

    /// The collection that bears the configured name with one of these suffixes, for each of them.
    func named(_ suffixes: String...) -> [String] { suffixes.map { collection + $0 } }

    /// How many points one of the generations has.
    func pointCount(_ suffix: String) async throws -> Int {
        let response = try await qdrant(.post, "\(suffix)/points/count", #"{"exact":true}"#)
        let answer = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return (answer?["result"] as? [String: Any])?["count"] as? Int ?? 0
    }
}
