internal import CurlHTTP
internal import FoundationEssentials
internal import Pipeline
internal import WireJSON

/// Filters that part the points of a collection by the name that they bear. Each point passes exactly one.
struct PointOwnership {
    /// The sync's name.
    let source: String

    /// Points that bear the sync's name.
    var own: [UInt8] { Self.filter("must", [bearsName]) }

    /// Points that bear nobody's name.
    var unmarked: [UInt8] { Self.filter("must", [Self.bearsNone]) }

    /// Points that bear another name.
    var foreign: [UInt8] { Self.filter("must_not", [bearsName, Self.bearsNone]) }

    private var bearsName: [UInt8] {
        var condition: [UInt8] = []
        condition.append(json: "{\"key\":\"_sync.source\",\"match\":{\"value\":")
        condition.append(jsonString: source)
        condition.append(json: "}}")
        return condition
    }

    private static let bearsNone = Array("{\"is_empty\":{\"key\":\"_sync.source\"}}".utf8)

    private static func filter(_ clause: String, _ conditions: [[UInt8]]) -> [UInt8] {
        Array("{\"\(clause)\":[".utf8) + Array(conditions.joined(separator: [UInt8(ascii: ",")])) + Array("]}".utf8)
    }
}

/// How many points bear whose name.
struct PointCounts: Sendable {
    let own: Int
    let unmarked: Int
    let foreign: Int
}

extension QdrantClient {
    /// How many points pass the filter, counted exactly; all points where there is none.
    func count(_ filter: [UInt8]? = nil) async throws(PipelineError) -> Int {
        struct Count: Decodable { let count: Int }
        var body: [UInt8] = []
        body.append(json: "{\"exact\":true")
        if let filter {
            body.append(json: ",\"filter\":")
            body.append(contentsOf: filter)
        }
        body.append(json: "}")
        return try result(Count.self, of: try await send(.post, "/points/count", body)).count
    }

    func counts(_ ownership: PointOwnership) async throws(PipelineError) -> PointCounts {
        let own = try await count(ownership.own)
        // Mostly all of them; and that others bear no name is looked for in each point, without an index.
        if try await count() == own { return PointCounts(own: own, unmarked: 0, foreign: 0) }
        return PointCounts(
            own: own,
            unmarked: try await count(ownership.unmarked),
            foreign: try await count(ownership.foreign)
        )
    }

    /// The name that the first of the points bears which bear another's; nil when there is none, or it is no text.
    func foreignName(_ ownership: PointOwnership) async throws(PipelineError) -> String? {
        struct Page: Decodable {
            let points: [Found]
            struct Found: Decodable { let payload: CollectionState.Lenient<Payload>? }
            struct Payload: Decodable { let _sync: Mark }
            struct Mark: Decodable { let source: String }
        }
        var body: [UInt8] = []
        body.append(json: "{\"limit\":1,\"with_payload\":[\"_sync\"],\"with_vector\":false,\"filter\":")
        body.append(contentsOf: ownership.foreign)
        body.append(json: "}")
        let page = try result(Page.self, of: try await send(.post, "/points/scroll", body))
        return page.points.first?.payload?.value?._sync.source
    }

    /// An id that a point has though keys of this kind lead to none such; nil when there is none. Numbers come before
    /// UUIDs, so that one look is enough.
    func strayID(_ keyKind: PointKeyKind) async throws(PipelineError) -> String? {
        struct Page: Decodable {
            let points: [Found]
            struct Found: Decodable { let id: PointID }
        }
        var body: [UInt8] = []
        body.append(json: "{\"limit\":1,\"with_payload\":false,\"with_vector\":false")
        if keyKind == .integer { body.append(json: ",\"offset\":\"00000000-0000-0000-0000-000000000000\"") }
        body.append(json: "}")
        let first = try result(Page.self, of: try await send(.post, "/points/scroll", body)).points.first?.id
        guard let first, first.json.hasPrefix("\"") == (keyKind == .integer) else { return nil }
        return first.text
    }
}
