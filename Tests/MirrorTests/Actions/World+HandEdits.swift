import Foundation

/// What people do to the collection behind the program's back.
extension World {
    func editCollection() async throws {
        let now = try await holdings()
        guard let name = now.liveName, let live = now.live else { return }
        let ids = live.points.keys.sorted().shuffled(using: &random).prefix(number(1...4))
        switch number(0...6) {
        case 0:
            log.append("delete points \(ids)")
            try await ask("POST", "/collections/\(name)/points/delete?wait=true", "{\"points\":\(try list(ids))}")
        case 1, 2:
            log.append("edit payloads \(ids)")
            let edit = chance(2) ? #"{"n":"edited"}"# : #"{"text":"edited"}"#
            try await set(edit, of: ids, in: name)
        case 3:
            for id in ids { try await editMark(id, live, name) }
        case 4:
            log.append("strip marks \(ids)")
            try await ask(
                "POST",
                "/collections/\(name)/points/payload/delete?wait=true",
                "{\"keys\":[\"_sync\"],\"points\":\(try list(ids))}"
            )
        case 5:
            let row = try rows().randomElement(using: &random)
            let id = chance(3) ? row?.id ?? key.strangeID(1) : key.strangeID(number(0...5))
            log.append("point of nobody \(id)")
            try await put(id, #"{"text":"a note of somebody's"}"#, in: name)
        default:
            // Of a row that is gone, or never was.
            let number = keyNumber()
            let key = key.key(number)
            let id = self.key.id(of: key, source: Self.source)
            guard live.points[id] == nil, let fingerprint = live.fingerprint, try rows().allSatisfy({ $0.key != key })
            else { return }
            log.append("stale point \(id)")
            let mark: [String: Any] = [
                "source": Self.source, "text_hash": "x".sha256, "payload_hash": "{}".sha256, "hash_version": 1,
                "embedder": fingerprint, "key": key,
            ]
            try await put(id, try JSON.print(["text": "x", "_sync": mark] as [String: Any]), in: name)
        }
    }

    private func editMark(_ id: String, _ live: Holdings.Holding, _ name: String) async throws {
        guard var mark = live.points[id]?.mark, mark["source"] as? String == Self.source else { return }
        let member =
            ["text_hash", "payload_hash", "hash_version", "embedder", "key"].randomElement(using: &random) ?? ""
        switch number(0...2) {
        case 0: mark[member] = nil
        case 1: mark[member] = "0123"
        default: mark[member] = [1]
        }
        log.append("edit mark \(member) of \(id)")
        try await set(try JSON.print(["_sync": mark]), of: [id], in: name)
    }

    private func set(_ payload: String, of ids: ArraySlice<String>, in name: String) async throws {
        try await ask(
            "POST",
            "/collections/\(name)/points/payload?wait=true",
            "{\"payload\":\(payload),\"points\":\(try list(ids))}"
        )
    }

    private func put(_ id: String, _ payload: String, in name: String) async throws {
        let vector = try await vector(of: "a note of somebody's \(number(0...99))")
        try await ask(
            "PUT",
            "/collections/\(name)/points?wait=true",
            "{\"points\":[{\"id\":\(json(id)),\"vector\":\(vector),\"payload\":\(payload)}]}"
        )
    }

    private func json(_ id: String) -> String { key == .bigint ? id : "\"\(id)\"" }

    private func list(_ ids: ArraySlice<String>) throws -> String {
        "[\(ids.map(json).joined(separator: ","))]"
    }
}
