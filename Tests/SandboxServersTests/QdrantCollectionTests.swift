import Testing

@testable import SandboxServers

@Suite struct QdrantCollectionTests {
    @Test func `says who it is and that it is well, without a key`() async throws {
        try await withQdrantSandbox(.init(version: "1.15.4", apiKey: "k")) { server in
            let client = LoopbackClient(server)
            let root = try JSONValue(parsing: await client.send("GET", "/").body)
            #expect(root["title"] == "qdrant - vector search engine")
            #expect(root["version"] == "1.15.4")
            #expect(root["commit"]?.string != nil)
            for path in ["/healthz", "/livez"] {
                #expect(await client.send("GET", path).text == "healthz check passed")
            }
            #expect(await client.send("GET", "/readyz").status == 200)
            #expect(await client.send("GET", "/health").status == 401)
        }
    }

    @Test func `demands its key and refuses in plain text`() async throws {
        try await withQdrantSandbox(.init(apiKey: "k")) { server in
            let client = LoopbackClient(server)
            let refused = await client.send("GET", "/collections")
            #expect(refused.status == 401)
            #expect(refused.headers["content-type"]?.hasPrefix("text/plain") == true)
            #expect(await client.send("GET", "/collections", headers: ["api-key": "x"]).status == 401)
            #expect(await client.send("GET", "/collections", headers: ["api-key": "k"]).status == 200)
            #expect(await client.send("GET", "/collections", headers: ["Authorization": "Bearer k"]).status == 200)
            #expect(await client.send("GET", "/health", headers: ["api-key": "k"]).status == 404)
        }
    }

    @Test func `makes, tells, lists and removes collections`() async throws {
        try await withCollection { qdrant in
            #expect(try await qdrant.ok("GET", "/collections")["collections"] == [["name": "c"]])
            #expect(try await qdrant.ok("GET", "/collections/c/exists")["exists"] == true)
            #expect(try await qdrant.ok("GET", "/collections/d/exists")["exists"] == false)
            let told = try await qdrant.ok("GET", "/collections/c")
            #expect(told["status"] == "green")
            #expect(told["points_count"] == 0)
            #expect(told["config"]?["params"]?["vectors"] == ["size": 3, "distance": "Cosine"])
            #expect(told["config"]?["hnsw_config"]?["m"] == 16)
            let again = try await qdrant.refusal(
                "PUT",
                "/collections/c",
                #"{"vectors":{"size":3,"distance":"Cosine"}}"#
            )
            #expect(again.status == 409)
            #expect(again.error == "Wrong input: Collection `c` already exists!")
            #expect(try await qdrant.ok("DELETE", "/collections/c") == true)
            #expect(try await qdrant.ok("DELETE", "/collections/c") == false)
            let missing = try await qdrant.refusal("GET", "/collections/c")
            #expect(missing.status == 404)
            #expect(missing.error == "Not found: Collection `c` doesn't exist!")
        }
    }

    @Test func `keeps the configuration that it was given and patches it`() async throws {
        try await withQdrantSandbox { server in
            let qdrant = QdrantClient(server)
            try await qdrant.ok(
                "PUT",
                "/collections/c",
                """
                {"vectors":{"size":3,"distance":"Dot","on_disk":true,"datatype":"float16"},"hnsw_config":{"m":0},
                 "optimizers_config":{"indexing_threshold":0},"quantization_config":{"scalar":{"type":"int8"}},
                 "metadata":{"a":1,"b":{"c":2}}}
                """
            )
            var config = try await qdrant.ok("GET", "/collections/c")["config"]
            #expect(config?["params"]?["vectors"]?["on_disk"] == true)
            #expect(config?["params"]?["vectors"]?["datatype"] == "float16")
            #expect(config?["hnsw_config"]?["m"] == 0)
            #expect(config?["hnsw_config"]?["ef_construct"] == 100)
            #expect(config?["optimizer_config"]?["indexing_threshold"] == 0)
            #expect(config?["quantization_config"]?["scalar"]?["type"] == "int8")
            #expect(config?["metadata"] == ["a": 1, "b": ["c": 2]])
            try await qdrant.ok(
                "PATCH",
                "/collections/c",
                #"{"hnsw_config":{"m":16},"vectors":{"":{"on_disk":false}},"metadata":{"a":null,"d":"x"}}"#
            )
            config = try await qdrant.ok("GET", "/collections/c")["config"]
            #expect(config?["hnsw_config"]?["m"] == 16)
            #expect(config?["params"]?["vectors"]?["on_disk"] == false)
            #expect(config?["metadata"] == ["b": ["c": 2], "d": "x"])
        }
    }

    @Test func `knows no metadata before 1_16`() async throws {
        try await withQdrantSandbox(.init(version: "1.15.0")) { server in
            let qdrant = QdrantClient(server)
            try await qdrant.ok(
                "PUT",
                "/collections/c",
                #"{"vectors":{"size":3,"distance":"Dot"},"metadata":{"a":1}}"#
            )
            try await qdrant.ok("PATCH", "/collections/c", #"{"metadata":{"b":1}}"#)
            #expect(try await qdrant.ok("GET", "/collections/c")["config"]?["metadata"] == nil)
        }
    }

    @Test func `tells named vectors and takes no points for them`() async throws {
        try await withQdrantSandbox { server in
            let qdrant = QdrantClient(server)
            try await qdrant.ok(
                "PUT",
                "/collections/n",
                #"{"vectors":{"text":{"size":3,"distance":"Cosine"}}}"#
            )
            let told = try await qdrant.ok("GET", "/collections/n")
            #expect(told["config"]?["params"]?["vectors"]?["text"]?["size"] == 3)
            let refused = try await qdrant.refusal(
                "PUT",
                "/collections/n/points?wait=true",
                #"{"points":[{"id":1,"vector":[1,2,3]}]}"#
            )
            #expect(refused.status == 400)
        }
    }

    @Test(arguments: [
        (#"{"vectors":{"size":0,"distance":"Dot"}}"#, 422), (#"{"vectors":{"size":3,"distance":"Far"}}"#, 400),
        (#"{"vectors":{"size":3}}"#, 400), ("{", 400),
        (#"{"vectors":{"size":3,"distance":"Dot"},"hnsw_config":{"ef_construct":1}}"#, 422),
    ])
    func `refuses a set-up that is none`(body: String, status: Int) async throws {
        try await withQdrantSandbox { server in
            let refused = try await QdrantClient(server).refusal("PUT", "/collections/c", body)
            #expect(refused.status == status)
        }
    }

    @Test func `takes an alias for a name everywhere, and switches it at once`() async throws {
        try await withCollection { qdrant in
            try await qdrant.ok("PUT", "/collections/d", #"{"vectors":{"size":3,"distance":"Cosine"}}"#)
            let create = #"{"create_alias":{"alias_name":"a","collection_name":"c"}}"#
            try await qdrant.ok("POST", "/collections/aliases", #"{"actions":[\#(create)]}"#)
            try await qdrant.ok("PUT", "/collections/a/points?wait=true", #"{"points":[{"id":1,"vector":[1,2,3]}]}"#)
            #expect(try await qdrant.ok("POST", "/collections/a/points/count", "{}")["count"] == 1)
            #expect(try await qdrant.ok("GET", "/collections/a/exists")["exists"] == true)
            let listed: JSONValue = ["aliases": [["alias_name": "a", "collection_name": "c"]]]
            #expect(try await qdrant.ok("GET", "/aliases") == listed)
            #expect(try await qdrant.ok("GET", "/collections/c/aliases") == listed)

            let bad =
                #"{"actions":[{"delete_alias":{"alias_name":"a"}},{"create_alias":{"alias_name":"a","collection_name":"z"}}]}"#
            #expect(try await qdrant.refusal("POST", "/collections/aliases", bad).status == 404)
            // What comes before the change that cannot be made has been made.
            #expect(try await qdrant.ok("GET", "/aliases") == ["aliases": []])
            try await qdrant.ok("POST", "/collections/aliases", #"{"actions":[\#(create)]}"#)

            let swap =
                #"{"actions":[{"delete_alias":{"alias_name":"a"}},{"create_alias":{"alias_name":"a","collection_name":"d"}}]}"#
            try await qdrant.ok("POST", "/collections/aliases", swap)
            #expect(try await qdrant.ok("POST", "/collections/a/points/count", "{}")["count"] == 0)
            let taken = #"{"actions":[{"create_alias":{"alias_name":"c","collection_name":"d"}}]}"#
            #expect(try await qdrant.refusal("POST", "/collections/aliases", taken).status == 409)
            #expect(
                try await qdrant.refusal("PUT", "/collections/a", #"{"vectors":{"size":1,"distance":"Dot"}}"#).status
                    == 400
            )
            #expect(try await qdrant.ok("DELETE", "/collections/a") == false)
            #expect(try await qdrant.ok("GET", "/collections/a/exists")["exists"] == true)
            #expect(try await qdrant.ok("DELETE", "/collections/d") == true)
            #expect(try await qdrant.ok("GET", "/aliases") == ["aliases": []])
        }
    }

    @Test(arguments: [("1.14.0", 20_000, false), ("1.16.3", 10_000, false), ("1.17.0", 10_000, true)])
    func `tells what its version tells`(version: String, threshold: Int, tellsQueue: Bool) async throws {
        try await withCollection(.init(version: version)) { qdrant in
            let told = try await qdrant.ok("GET", "/collections/c")
            #expect(told["config"]?["optimizer_config"]?["indexing_threshold"] == .integer(threshold))
            #expect(told["update_queue"] == (tellsQueue ? ["length": 0] : nil))
        }
    }

    @Test func `is yellow for a while after a change of what is to be indexed`() async throws {
        try await withCollection(.init(indexingTime: .seconds(3600))) { qdrant in
            #expect(try await qdrant.ok("GET", "/collections/c")["status"] == "green")
            try await qdrant.ok("PATCH", "/collections/c", #"{"metadata":{"a":1}}"#)
            #expect(try await qdrant.ok("GET", "/collections/c")["status"] == "green")
            try await qdrant.ok("PATCH", "/collections/c", #"{"optimizers_config":{"indexing_threshold":1}}"#)
            let told = try await qdrant.ok("GET", "/collections/c")
            #expect(told["status"] == "yellow")
            #expect(told["optimizer_status"] == "ok")
        }
    }

    @Test func `says what it is told to say of its state`() async throws {
        try await withCollection(.init(version: "1.17.0")) { qdrant in
            qdrant.server.faults.set(
                FaultRule(.collection, .collectionStatus("red"), when: .first(1)),
                FaultRule(.collection, .updateQueue(5), when: .first(1))
            )
            let red = try await qdrant.ok("GET", "/collections/c")
            #expect(red["status"] == "red")
            #expect(red["optimizer_status"]?["error"]?.string != nil)
            let busy = try await qdrant.ok("GET", "/collections/c")
            #expect(busy["status"] == "green")
            #expect(busy["update_queue"]?["length"] == 5)
            #expect(try await qdrant.ok("GET", "/collections/c")["update_queue"]?["length"] == 0)
        }
    }

    @Test func `tells how vectors are kept`() async throws {
        try await withQdrantSandbox { server in
            let qdrant = QdrantClient(server)
            try await qdrant.ok(
                "PUT",
                "/collections/c",
                """
                {"vectors":{"size":3,"distance":"Cosine","datatype":"uint8",
                 "multivector_config":{"comparator":"max_sim"}}}
                """
            )
            let vectors = try await qdrant.ok("GET", "/collections/c")["config"]?["params"]?["vectors"]
            #expect(vectors?["datatype"] == "uint8")
            #expect(vectors?["multivector_config"] == ["comparator": "max_sim"])
        }
    }

    @Test func `tells payload indexes`() async throws {
        try await withCollection { qdrant in
            try await qdrant.ok(
                "PUT",
                "/collections/c/index?wait=true",
                #"{"field_name":"language","field_schema":"keyword"}"#
            )
            try await qdrant.ok(
                "PUT",
                "/collections/c/index",
                #"{"field_name":"at","field_schema":{"type":"datetime","on_disk":true}}"#
            )
            let schema = try await qdrant.ok("GET", "/collections/c")["payload_schema"]
            #expect(schema?["language"]?["data_type"] == "keyword")
            #expect(schema?["at"]?["params"]?["on_disk"] == true)
            try await qdrant.ok("DELETE", "/collections/c/index/at?wait=true")
            #expect(try await qdrant.ok("GET", "/collections/c")["payload_schema"]?["at"] == nil)
            #expect(
                try await qdrant.refusal("PUT", "/collections/c/index", #"{"field_name":"a","field_schema":"x"}"#)
                    .status == 400
            )
        }
    }
}
