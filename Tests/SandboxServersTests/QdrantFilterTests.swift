import Testing

@testable import SandboxServers

@Suite struct QdrantFilterTests {
    private static let points = """
        {"points":[
        {"id":1,"vector":[1,0,0],"payload":{"lang":"swift","n":1,"at":"2024-01-01T00:00:00Z","_sync":{"source":"s"},"tags":["a","b"]}},
        {"id":2,"vector":[0,1,0],"payload":{"lang":"go","n":2.5,"at":"2024-06-01T12:00:00+02:00","ok":true,"tags":[]}},
        {"id":3,"vector":[0,0,1],"payload":{"lang":null,"n":3,"items":[{"k":1},{"k":2}]}},
        {"id":4,"vector":[1,1,0]}]}
        """

    @Test(arguments: [
        (#"{"must":[{"key":"lang","match":{"value":"swift"}}]}"#, [1]),
        (#"{"must":{"key":"lang","match":{"any":["swift","go"]}}}"#, [1, 2]),
        (#"{"must":[{"key":"lang","match":{"except":["swift"]}}]}"#, [2]),
        (#"{"must":[{"key":"lang","match":{"text":"wif"}}]}"#, [1]),
        (#"{"must":[{"key":"ok","match":{"value":true}}]}"#, [2]),
        (#"{"must":[{"key":"n","match":{"value":3}}]}"#, [3]),
        (#"{"must":[{"key":"_sync.source","match":{"value":"s"}}]}"#, [1]),
        (#"{"must_not":[{"key":"_sync.source","match":{"value":"s"}}]}"#, [2, 3, 4]),
        (#"{"must":[{"key":"tags","match":{"value":"b"}}]}"#, [1]),
        (#"{"must":[{"key":"items[].k","match":{"value":2}}]}"#, [3]),
        (#"{"must":[{"key":"n","range":{"gt":1,"lte":3}}]}"#, [2, 3]),
        (#"{"must":[{"key":"n","range":{"gte":1,"lt":2.5}}]}"#, [1]),
        (#"{"must":[{"key":"at","range":{"gt":"2024-01-01T00:00:00Z","lte":"2024-06-01T10:00:00Z"}}]}"#, [2]),
        (#"{"must":[{"is_empty":{"key":"tags"}}]}"#, [2, 3, 4]),
        (#"{"must":[{"is_empty":{"key":"lang"}}]}"#, [3, 4]),
        (#"{"must":[{"is_null":{"key":"lang"}}]}"#, [3]),
        (#"{"must":[{"has_id":[1,4,9]}]}"#, [1, 4]),
        (#"{"should":[{"has_id":[1]},{"key":"lang","match":{"value":"go"}}]}"#, [1, 2]),
        (#"{"must":[{"should":[{"has_id":[1]},{"has_id":[2]}]},{"key":"n","range":{"gt":1}}]}"#, [2]),
        ("{}", [1, 2, 3, 4]), ("null", [1, 2, 3, 4]),
    ])
    func `finds the points of a filter`(filter: String, expected: [Int]) async throws {
        try await withCollection { qdrant in
            try await qdrant.ok("PUT", "/collections/c/points?wait=true", Self.points)
            let found = try await qdrant.ok("POST", "/collections/c/points/scroll", #"{"filter":\#(filter)}"#)
            #expect(qdrant.ids(found) == expected.map { "\($0)" })
            let counted = try await qdrant.ok(
                "POST",
                "/collections/c/points/count",
                #"{"filter":\#(filter),"exact":true}"#
            )
            #expect(counted["count"]?.int == expected.count)
        }
    }

    @Test func `deletes by filter`() async throws {
        try await withCollection { qdrant in
            try await qdrant.ok("PUT", "/collections/c/points?wait=true", Self.points)
            try await qdrant.ok(
                "POST",
                "/collections/c/points/delete?wait=true",
                #"{"filter":{"must":[{"key":"n","range":{"gt":1}}]}}"#
            )
            #expect(qdrant.ids(try await qdrant.ok("POST", "/collections/c/points/scroll", "{}")) == ["1", "4"])
        }
    }

    @Test(arguments: [
        #"{"must":[{"key":"a"}]}"#, #"{"must":[{"key":"a","match":{"value":1.5}}]}"#, #"{"must":[{"has_id":["x"]}]}"#,
        #"{"must":[{"key":"a","geo_radius":{}}]}"#, #"{"min_should":{}}"#, "3",
    ])
    func `refuses a filter that it cannot apply`(filter: String) async throws {
        try await withCollection { qdrant in
            let refused = try await qdrant.refusal("POST", "/collections/c/points/count", #"{"filter":\#(filter)}"#)
            #expect(refused.status == 400)
        }
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-02", 86_400_000_000), ("2000-02-29 12:30:15.25Z", 951_827_415_250_000),
        ("1969-12-31T23:59:59.999999Z", -1), ("2024-01-01T01:00:00+01:00", 1_704_067_200_000_000),
        ("2024-01-01T00:00:00.1234567", 1_704_067_200_123_456),
    ])
    func `reads times`(text: String, expected: Int64) {
        #expect(Timestamp.microseconds(of: text) == expected)
    }

    @Test(arguments: ["", "2024", "2024-13-01", "yesterday", "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+1"])
    func `reads no time in other text`(text: String) {
        #expect(Timestamp.microseconds(of: text) == nil)
    }
}
