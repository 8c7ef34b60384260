import Foundation

/// A point, as Qdrant tells it.
struct MirrorPoint {
    let id: String
    let payload: [String: Any]
    let vector: [Double]
    /// All of it, printed so that equal points print equally.
    let printed: String

    init(_ json: [String: Any]) throws {
        id = json["id"].map { "\($0)" } ?? ""
        payload = json["payload"] as? [String: Any] ?? [:]
        vector = json["vector"] as? [Double] ?? []
        printed = try JSON.print(json)
    }

    var mark: [String: Any]? { payload["_sync"] as? [String: Any] }
    var source: String? { mark?["source"] as? String }
    var text: String? { payload["text"] as? String }

    /// The payload without what the comparison of values passes over.
    var values: [String: Any] { payload.filter { !["_sync", "sync_timestamp"].contains($0.key) } }
}

/// JSON for comparisons.
enum JSON {
    static func print(_ value: Any) throws -> String {
        let data = try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    static func object(_ text: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw Failure("no JSON object: \(text)")
        }
        return object
    }

    static func areEqual(_ first: [String: Any], _ second: [String: Any]) -> Bool {
        (first as NSDictionary).isEqual(second as NSDictionary)
    }
}
