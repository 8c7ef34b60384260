import Foundation
import SandboxServers
import TestSupport

/// What one sequence of actions happens to: a table, a collection, the servers, and the journal between runs.
final class World {
    static let source = "mirror"

    let table: TableConnection
    let databaseURL: String
    let ollama: RunningServer
    let qdrant: RunningServer
    let key: TableKey
    let collection: String
    let journal: String
    var random: SeededRandom

    /// Which model the embedding server has now.
    var model = Model()
    /// Which model filled each of the collections that are there.
    var models: [String: Model] = [:]
    /// Collections that the configured name has stood for.
    var onceLive: Set<String> = []
    /// Of a full sync that was begun and is not complete.
    var interruptedFull: Model?
    /// The vectors of texts, as the models make them.
    private var vectors: [Model: [String: [Double]]] = [:]
    /// One run in so many is interrupted; 0 for none.
    var interruptionRate = 4
    /// Texts that the server embedded in the last run.
    var textsEmbedded = 0
    /// What has been done so far.
    var log: [String] = []

    struct Model: Hashable {
        var revision = 0
        var vectorsVersion = 0
    }

    init(
        _ databaseURL: String,
        _ table: TableConnection,
        _ ollama: RunningServer,
        _ qdrant: RunningServer,
        journal: String,
        seed: UInt64
    ) throws {
        self.databaseURL = databaseURL
        self.table = table
        self.ollama = ollama
        self.qdrant = qdrant
        self.journal = journal
        random = SeededRandom(seed: seed)
        key = TableKey.allCases.randomElement(using: &random) ?? .uuid
        collection = "mirror_\(seed)"
        let index = chance(5) ? "NOT NULL" : "PRIMARY KEY"
        log.append("table: key \(key), \(index)")
        try table.run("DROP TABLE IF EXISTS items")
        try table.run("CREATE TABLE items (id \(key.rawValue) \(index), kind text, body text, meta jsonb)")
        ollama.faults.clear()
        qdrant.faults.clear()
        ollama.model?.set()
    }

    /// What the program is told to mirror.
    static let query = "SELECT id, body AS text, meta AS payload FROM items WHERE kind = 'code'"

    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// True once in so many times.
    func chance(_ times: Int) -> Bool { number(1...times) == 1 }

    /// The rows that are to be mirrored, in the order of their keys.
    func rows() throws -> [TableRow] {
        try table.run(
            """
            SELECT id::text, coalesce(body, ''), coalesce(meta::text, 'null'),
                   jsonb_typeof(meta) = 'object' AND body ~ '[^[:space:]]'
            FROM items WHERE kind = 'code' ORDER BY items.id
            """
        ).map { row in
            let (key, text, payload) = (row[0] ?? "", row[1] ?? "", row[2] ?? "")
            let isSyncable = row[3] == "t"
            return TableRow(
                key: key,
                id: self.key.id(of: key, source: Self.source),
                text: text,
                payload: isSyncable ? try JSON.object(payload) : [:],
                textHash: text.sha256,
                payloadHash: payload.sha256,
                isSyncable: isSyncable
            )
        }
    }

    /// The vector of unit length that the present model makes of a text.
    func vector(of text: String) async throws -> [Double] {
        if let known = vectors[model]?[text] { return known }
        let body = try JSON.print(["model": "nomic-embed-text", "input": [text]] as [String: Any])
        let answer = try await ollama.ask("POST", "/api/embed", body)
        guard let vector = (try JSON.object(answer.body)["embeddings"] as? [[Double]])?.first else {
            throw Failure("no embedding: \(answer.body)")
        }
        let unit = Self.unit(vector)
        vectors[model, default: [:]][text] = unit
        return unit
    }

    static func unit(_ vector: [Double]) -> [Double] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }

    static func areEqual(_ first: [Double], _ second: [Double]) -> Bool {
        first.count == second.count && zip(unit(first), unit(second)).allSatisfy { abs($0 - $1) < 1e-5 }
    }

    func set(_ model: Model) {
        self.model = model
        ollama.model?.set(revision: model.revision, vectorsVersion: model.vectorsVersion)
    }
}
