import Testing

@testable import SandboxServers

@Suite struct QdrantPointTests {
    private static let uuid = "0190b5e1-0000-7000-8000-00000000000a"

    @Test func `acknowledges, and completes only when asked to wait`() async throws {
        try await withCollection { qdrant in
            let body = #"{"points":[{"id":1,"vector":[1,2,3]}]}"#
            #expect(try await qdrant.ok("PUT", "/collections/c/points", body)["status"] == "acknowledged")
            let waited = try await qdrant.ok("PUT", "/collections/c/points?wait=true", body)
            #expect(waited["status"] == "completed")
            #expect(waited["operation_id"]?.int != nil)
            qdrant.server.faults.set(FaultRule(.upsert, .waitTimeout))
            #expect(try await qdrant.ok("PUT", "/collections/c/points?wait=true", body)["status"] == "wait_timeout")
            #expect(qdrant.server.stats().pointsUpserted == 3)
        }
    }

    @Test func `takes points as a list and as columns`() async throws {
        try await withCollection { qdrant in
            try await qdrant.ok(
                "PUT",
                "/collections/c/points?wait=true",
                #"{"batch":{"ids":[2,"\#(Self.uuid.uppercased())"],"vectors":[[1,0,0],[0,1,0]],"payloads":[{"a":1},null]}}"#
            )
            let points = try await qdrant.ok(
                "POST",
                "/collections/c/points",
                #"{"ids":[2,"\#(Self.uuid)",77],"with_vector":true}"#
            )
            #expect(points.array?.count == 2)
            #expect(points.array?.first?["payload"] == ["a": 1])
            #expect(points.array?.last?["id"] == .string(Self.uuid))
            #expect(points.array?.last?["payload"] == [:])
            #expect(points.array?.last?["vector"] == [.number("0.0"), .number("1.0"), .number("0.0")])
            let uneven = #"{"batch":{"ids":[2,3],"vectors":[[1,0,0]]}}"#
            #expect(try await qdrant.refusal("PUT", "/collections/c/points", uneven).status == 422)
        }
    }

    @Test func `gives payloads back as they came`() async throws {
        try await withCollection { qdrant in
            let payload =
                #"{"i":-9223372036854775808,"u":18446744073709551615,"d":0.1,"e":1e-7,"s":"é\u0000😀\"","n":{"a":[null,true,{}]}}"#
            try await qdrant.ok(
                "PUT",
                "/collections/c/points?wait=true",
                #"{"points":[{"id":1,"vector":[1,2,3],"payload":\#(payload)}]}"#
            )
            let answer = await qdrant.client.send("GET", "/collections/c/points/1")
            #expect(answer.text.contains(payload))
            let missing = try await qdrant.refusal("GET", "/collections/c/points/2")
            #expect(missing.status == 404)
        }
    }

    @Test func `overwrites a point whole`() async throws {
        try await withCollection { qdrant in
            for payload in [#"{"a":1,"b":2}"#, #"{"c":3}"#] {
                try await qdrant.ok(
                    "PUT",
                    "/collections/c/points?wait=true",
                    #"{"points":[{"id":1,"vector":[1,2,3],"payload":\#(payload)}]}"#
                )
            }
            #expect(try await qdrant.ok("GET", "/collections/c/points/1")["payload"] == ["c": 3])
            #expect(try await qdrant.ok("POST", "/collections/c/points/count", "{}")["count"] == 1)
        }
    }

    @Test func `stores what comes before a vector of the wrong size`() async throws {
        try await withCollection { qdrant in
            let body = #"{"points":[{"id":1,"vector":[1,2,3]},{"id":2,"vector":[1,2]},{"id":3,"vector":[1,2,3]}]}"#
            let refused = try await qdrant.refusal("PUT", "/collections/c/points?wait=true", body)
            #expect(refused.status == 400)
            #expect(refused.error == "Wrong input: Vector dimension error: expected dim: 3, got 2")
            let points = try await qdrant.ok("POST", "/collections/c/points/scroll", "{}")
            #expect(qdrant.ids(points) == ["1"])
        }
    }

    @Test(arguments: [("1.16.0", 200), ("1.19.0", 400)])
    func `acknowledges unseen what nobody waits for, before 1_19`(version: String, status: Int) async throws {
        try await withCollection(.init(version: version)) { qdrant in
            let answer = await qdrant.client.send(
                "PUT",
                "/collections/c/points",
                #"{"points":[{"id":1,"vector":[1]}]}"#
            )
            #expect(answer.status == status)
        }
    }

    @Test(arguments: [
        #"{"points":[{"id":1,"vector":[1,2,NaN]}]}"#, #"{"points":[{"id":1,"vector":[1,2,Infinity]}]}"#,
        #"{"points":[{"id":1,"vector":[1,2,1e400]}]}"#, #"{"points":[{"id":"no","vector":[1,2,3]}]}"#,
        #"{"points":[{"id":-1,"vector":[1,2,3]}]}"#, #"{"points":[{"id":1.5,"vector":[1,2,3]}]}"#,
        #"{"points":[{"id":1,"vector":[1,2,null]}]}"#, #"{"points":[{"id":1,"vector":[1,2,3],"payload":[]}]}"#,
        #"{"points":[{"vector":[1,2,3]}]}"#, #"{"points":[{"id":1}]}"#, "{}", "",
        #"{"points":[{"id":1,"vector":[1,2,3]}]"#,
    ])
    func `refuses a body that is not of the form`(body: String) async throws {
        try await withCollection { qdrant in
            let refused = try await qdrant.refusal("PUT", "/collections/c/points?wait=true", body)
            #expect(refused.status == 400)
            #expect(refused.error.hasPrefix("Format error in JSON body: "))
            #expect(try await qdrant.ok("POST", "/collections/c/points/count", "{}")["count"] == 0)
        }
    }

    @Test func `names the id that is none`() async throws {
        try await withCollection { qdrant in
            let refused = try await qdrant.refusal(
                "PUT",
                "/collections/c/points",
                #"{"points":[{"id":"no","vector":[1,2,3]}]}"#
            )
            #expect(
                refused.error.contains(
                    "value no is not a valid point ID, valid values are either an unsigned integer or a UUID"
                )
            )
        }
    }

    @Test func `refuses payloads nested too deep`() async throws {
        try await withCollection { qdrant in
            func body(_ levels: Int) -> String {
                let nest = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
                return #"{"points":[{"id":1,"vector":[1,2,3],"payload":{"a":\#(nest)}}]}"#
            }
            try await qdrant.ok("PUT", "/collections/c/points?wait=true", body(123))
            let refused = try await qdrant.refusal("PUT", "/collections/c/points?wait=true", body(124))
            #expect(refused.status == 400)
            #expect(refused.error.contains("recursion limit exceeded"))
        }
    }

    @Test func `refuses a body over 32 MiB`() async throws {
        try await withCollection { qdrant in
            let answer = await qdrant.client.send(
                "PUT",
                "/collections/c/points",
                headers: ["Content-Length": "33554433"]
            )
            #expect(answer.status == 400)
            #expect(
                answer.text.contains(
                    "JSON payload (33554433 bytes) is larger than allowed (limit: 33554432 bytes)."
                )
            )
        }
    }

    @Test func `normalises cosine vectors when it stores them`() async throws {
        try await withCollection { qdrant in
            try await qdrant.ok(
                "PUT",
                "/collections/c/points?wait=true",
                #"{"points":[{"id":1,"vector":[3,0,4]},{"id":2,"vector":[0,0,0]},{"id":3,"vector":[0.6,0,0.8]}]}"#
            )
            let points = try await qdrant.ok("POST", "/collections/c/points/scroll", #"{"with_vector":true}"#)
            let vectors = (points["points"]?.array ?? []).map { ($0["vector"]?.array ?? []).compactMap(\.double) }
            #expect(vectors == [[0.6, 0, 0.8], [0, 0, 0], [0.6, 0, 0.8]])
        }
    }

    @Test func `scrolls from an offset that is included, numbers before UUIDs`() async throws {
        try await withCollection { qdrant in
            let ids = ["30", "\"\(Self.uuid)\"", "4", "100", "\"0000b5e1-0000-7000-8000-00000000000a\""]
            let points = ids.map { #"{"id":\#($0),"vector":[1,2,3],"payload":{"p":\#($0)}}"# }.joined(separator: ",")
            try await qdrant.ok("PUT", "/collections/c/points?wait=true", #"{"points":[\#(points)]}"#)
            var offset = "null"
            var pages: [[String]] = []
            repeat {
                let page = try await qdrant.ok(
                    "POST",
                    "/collections/c/points/scroll",
                    #"{"limit":2,"offset":\#(offset),"with_payload":["p"]}"#
                )
                pages.append(qdrant.ids(page))
                offset = String(decoding: page["next_page_offset"]?.bytes ?? [], as: UTF8.self)
            } while offset != "null"
            #expect(pages == [["4", "30"], ["100", ids[4]], [ids[1]]])
            #expect(try await qdrant.refusal("POST", "/collections/c/points/scroll", #"{"limit":0}"#).status == 422)
        }
    }

    @Test func `scrolls ten when not told otherwise, in order after removals and returns`() async throws {
        try await withCollection { qdrant in
            for id in [20, 5, 11, 3] + Array(30...40) {
                try await qdrant.ok("PUT", "/collections/c/points", #"{"points":[{"id":\#(id),"vector":[1,2,3]}]}"#)
            }
            try await qdrant.ok("POST", "/collections/c/points/delete?wait=true", #"{"points":[5,11]}"#)
            _ = try await qdrant.ok("POST", "/collections/c/points/scroll", "{}")
            try await qdrant.ok("PUT", "/collections/c/points", #"{"points":[{"id":11,"vector":[1,2,3]}]}"#)
            let page = try await qdrant.ok("POST", "/collections/c/points/scroll", "{}")
            #expect(qdrant.ids(page) == ["3", "11", "20"] + (30...36).map { "\($0)" })
            #expect(page["next_page_offset"] == 37)
        }
    }

    @Test func `changes payloads of points it has, and of no others`() async throws {
        try await withCollection { qdrant in
            func payload() async throws -> JSONValue? {
                try await qdrant.ok("GET", "/collections/c/points/1")["payload"]
            }
            try await qdrant.ok(
                "PUT",
                "/collections/c/points?wait=true",
                #"{"points":[{"id":1,"vector":[1,2,3],"payload":{"a":1.10,"b":{"x":1}}}]}"#
            )
            let path = "/collections/c/points/payload"
            let merged = try await qdrant.ok(
                "POST",
                path + "?wait=true",
                #"{"payload":{"_sync":{"h":"1"}},"points":[1]}"#
            )
            #expect(merged["status"] == "completed")
            #expect(try await payload() == ["a": .number("1.10"), "b": ["x": 1], "_sync": ["h": "1"]])
            try await qdrant.ok("POST", path, #"{"payload":{"y":2},"key":"b","points":[1]}"#)
            try await qdrant.ok("POST", path + "/delete", #"{"keys":["a","_sync.h"],"points":[1]}"#)
            #expect(try await payload() == ["b": ["x": 1, "y": 2], "_sync": [:]])
            try await qdrant.ok(
                "PUT",
                path,
                #"{"payload":{"z":0},"filter":{"must":[{"key":"b.y","match":{"value":2}}]}}"#
            )
            #expect(try await payload() == ["z": 0])
            let missing = try await qdrant.refusal("POST", path + "?wait=true", #"{"payload":{"z":0},"points":[9]}"#)
            #expect(missing.status == 404)
        }
    }

    @Test func `does a batch of changes in their order`() async throws {
        try await withCollection { qdrant in
            let result = try await qdrant.ok(
                "POST",
                "/collections/c/points/batch?wait=true",
                """
                {"operations":[{"upsert":{"points":[{"id":1,"vector":[1,2,3]},{"id":2,"vector":[1,2,3]}]}},
                 {"set_payload":{"payload":{"a":1},"points":[1]}},{"delete":{"points":[2]}},
                 {"overwrite_payload":{"payload":{"b":1},"points":[1]}}]}
                """
            )
            #expect(result.array?.compactMap { $0["status"]?.string } == Array(repeating: "completed", count: 4))
            let points = try await qdrant.ok("POST", "/collections/c/points/scroll", "{}")
            #expect(points["points"] == [["id": 1, "payload": ["b": 1]]])
        }
    }

    @Test func `selects parts of payloads`() async throws {
        try await withCollection { qdrant in
            try await qdrant.ok(
                "PUT",
                "/collections/c/points",
                #"{"points":[{"id":1,"vector":[1,2,3],"payload":{"a":1,"b":{"x":1,"y":2},"c":3}}]}"#
            )
            func payload(_ selection: String) async throws -> JSONValue? {
                try await qdrant.ok("POST", "/collections/c/points", #"{"ids":[1],"with_payload":\#(selection)}"#)
                    .array?.first?["payload"]
            }
            #expect(try await payload("false") == nil)
            #expect(try await payload(#"["a","c","none"]"#) == ["a": 1, "c": 3])
            #expect(try await payload(#"{"include":["b.y"]}"#) == ["b": ["y": 2]])
            #expect(try await payload(#"{"exclude":["b","c"]}"#) == ["a": 1])
            #expect(try await payload(#"{"exclude":["b.x"]}"#) == ["a": 1, "b": ["y": 2], "c": 3])
        }
    }
}
