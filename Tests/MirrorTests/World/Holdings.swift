import Foundation
import SandboxServers

/// Everything that Qdrant holds of the configured name: the collection, its generations and the alias.
struct Holdings {
    struct Holding {
        let points: [String: MirrorPoint]
        /// Of the sync's stamp; nil where it bears none.
        let fingerprint: String?
        let isBuilding: Bool
        /// All of it, to find out whether anything changed.
        let pointsPrinted: String
        let configurationPrinted: String

        var printed: String { pointsPrinted + configurationPrinted }
        var hasOthers: Bool { points.values.contains { $0.source != World.source } }
    }

    let name: String
    /// What the configured name is an alias of.
    let alias: String?
    let all: [String: Holding]

    /// The collection that the configured name stands for.
    var liveName: String? { alias ?? (all[name] == nil ? nil : name) }
    var live: Holding? { liveName.flatMap { all[$0] } }

    func number(_ collection: String) -> Int? {
        guard collection.hasPrefix(name + "__g") else { return nil }
        return Int(collection.dropFirst(name.count + 3))
    }

    /// All of it, to find out whether anything changed.
    var printed: String {
        "\(alias ?? "no alias")\n" + all.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.printed)" }.joined()
    }
}

extension World {
    func holdings() async throws -> Holdings {
        let listing = try await ask("GET", "/collections")["collections"] as? [[String: Any]] ?? []
        let names = listing.compactMap { $0["name"] as? String }
        let aliases = try await ask("GET", "/aliases")["aliases"] as? [[String: Any]] ?? []
        let alias = aliases.first { $0["alias_name"] as? String == collection }?["collection_name"] as? String
        var all: [String: Holdings.Holding] = [:]
        for name in names where name == collection || name.hasPrefix(collection + "__g") {
            let page = try await ask(
                "POST",
                "/collections/\(name)/points/scroll",
                "{\"limit\":10000,\"with_payload\":true,\"with_vector\":true}"
            )
            let points = try (page["points"] as? [[String: Any]] ?? []).map { try MirrorPoint($0) }
            let state = try await ask("GET", "/collections/\(name)")
            let config = state["config"] as? [String: Any] ?? [:]
            let stamp = (config["metadata"] as? [String: Any])?["pattern-sync.\(Self.source)"] as? [String: Any]
            all[name] = Holdings.Holding(
                points: Dictionary(points.map { ($0.id, $0) }) { $1 },
                fingerprint: (stamp?["embedder"] as? [String: Any])?["fingerprint"] as? String,
                isBuilding: stamp?["building"] as? Bool == true,
                pointsPrinted: points.map(\.printed).joined(),
                configurationPrinted: try JSON.print(config)
            )
        }
        return Holdings(name: collection, alias: alias, all: all)
    }

    /// The result of a request to Qdrant, past all faults.
    @discardableResult
    func ask(_ method: String, _ path: String, _ body: String = "") async throws -> [String: Any] {
        let answer = try await qdrant.ask(method, path, body)
        guard answer.status == 200 else { throw Failure("\(method) \(path) \(body): \(answer.status) \(answer.body)") }
        return try JSON.object(answer.body)["result"] as? [String: Any] ?? [:]
    }

    /// Notes which model has filled the collections that are new, and which is live.
    func note(_ holdings: Holdings) {
        models = models.filter { holdings.all[$0.key] != nil }
        for (name, holding) in holdings.all where holding.fingerprint != nil && models[name] == nil {
            models[name] = model
        }
        onceLive = onceLive.filter { holdings.all[$0] != nil }
        if let live = holdings.liveName { onceLive.insert(live) }
    }
}
