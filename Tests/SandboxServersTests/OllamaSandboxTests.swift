import Testing

@testable import SandboxServers

@Suite struct OllamaSandboxTests {
    private func withServer<Result>(
        _ configuration: OllamaSandbox.Configuration = .init(dimension: 8, contextLength: 16),
        _ body: (LoopbackClient, RunningServer) async throws -> Result
    ) async throws -> Result {
        try await withOllamaSandbox(configuration) { try await body(LoopbackClient($0), $0) }
    }

    private func embeddings(_ answer: LoopbackClient.Answer) throws -> [[Double]] {
        let json = try JSONValue(parsing: answer.body)
        return (json["embeddings"]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
    }

    @Test func `says that it is there`() async throws {
        try await withServer { client, _ in
            let answer = await client.send("GET", "/")
            #expect(answer.status == 200)
            #expect(answer.text == "Ollama is running")
            let head = await client.send("HEAD", "/")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(await client.send("GET", "/health").status == 404)
            #expect(await client.send("GET", "/api/version").text == #"{"version":"0.33.0"}"#)
        }
    }

    @Test func `describes its model`() async throws {
        try await withServer { client, _ in
            let show = try JSONValue(
                parsing: await client.send("POST", "/api/show", #"{"model":"nomic-embed-text"}"#).body
            )
            #expect(show["model_info"]?["general.architecture"] == "nomic-bert")
            #expect(show["model_info"]?["nomic-bert.embedding_length"] == 8)
            #expect(show["model_info"]?["nomic-bert.context_length"] == 16)
            #expect(show["capabilities"] == ["embedding"])
            let missing = await client.send("POST", "/api/show", #"{"model":"x"}"#)
            #expect(missing.status == 404)
            #expect(missing.text == #"{"error":"model 'x' not found"}"#)
            let tags = try JSONValue(parsing: await client.send("GET", "/api/tags").body)
            #expect(tags["models"]?.array?.first?["name"] == "nomic-embed-text:latest")
            #expect(tags["models"]?.array?.first?["digest"]?.string?.utf8.count == 64)
            #expect(try JSONValue(parsing: await client.send("GET", "/v1/models").body)["object"] == "list")
        }
    }

    @Test func `lists a model as loaded once it was used`() async throws {
        try await withServer { client, _ in
            #expect(await client.send("GET", "/api/ps").text == #"{"models":[]}"#)
            _ = await client.send("POST", "/api/embed", #"{"model":"nomic-embed-text","input":""}"#)
            let models = try JSONValue(parsing: await client.send("GET", "/api/ps").body)["models"]?.array
            #expect(models?.first?["context_length"] == 16)
        }
    }

    @Test func `embeds a text or a list of texts, in their order`() async throws {
        try await withServer { client, server in
            let list = await client.send(
                "POST",
                "/api/embed",
                #"{"model":"nomic-embed-text:latest","input":["open file","sort"],"keep_alive":-1,"options":{"num_ctx":9}}"#
            )
            #expect(list.status == 200)
            let vectors = try embeddings(list)
            #expect(vectors.map(\.count) == [8, 8])
            let single = try embeddings(
                await client.send("POST", "/api/embed", #"{"model":"nomic-embed-text","input":"sort"}"#)
            )
            #expect(single == [vectors[1]])
            let json = try JSONValue(parsing: list.body)
            #expect(json["prompt_eval_count"] == 7)
            #expect((json["total_duration"]?.int ?? 0) > 0)
            #expect((json["load_duration"]?.int ?? 0) > 0)
            #expect(server.stats().textsEmbedded == 3)
            #expect(server.stats().distinctTexts == 2)
            #expect(server.stats().largestEmbedRequestTexts == 2)
            #expect(server.embeds(of: "sort") == 2)
        }
    }

    @Test(arguments: [#""""#, "null", "[]"]) func `only loads the model for an empty input`(input: String) async throws
    {
        try await withServer { client, _ in
            let answer = await client.send("POST", "/api/embed", #"{"model":"nomic-embed-text","input":\#(input)}"#)
            #expect(answer.status == 200)
            let json = try JSONValue(parsing: answer.body)
            #expect(json["embeddings"] == [])
            #expect(json["prompt_eval_count"] == nil)
        }
    }

    @Test func `shortens to the dimensions asked for and normalises again`() async throws {
        try await withServer { client, _ in
            let body = #"{"model":"nomic-embed-text","input":"open a file line by line","dimensions":"#
            let short = try embeddings(await client.send("POST", "/api/embed", body + "4}"))[0]
            #expect(short.count == 4)
            #expect(abs(short.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            #expect(try embeddings(await client.send("POST", "/api/embed", body + "99}"))[0].count == 8)
        }
    }

    @Test(arguments: [
        ("", 400, "missing request body"), ("{", 400, "unexpected EOF"),
        (#"{"model":"nomic-embed-text","input":3}"#, 400, "invalid input type"),
        (#"{"model":"nomic-embed-text","input":["a",3]}"#, 400, "invalid input type"),
        (#"{"model":"other","input":"a"}"#, 404, #"model \"other\" not found, try pulling it first"#),
        (#"{"input":"a"}"#, 404, "model '' not found"),
    ])
    func `refuses a bad request in Ollama's words`(body: String, status: Int, message: String) async throws {
        try await withServer { client, _ in
            let answer = await client.send("POST", "/api/embed", body)
            #expect(answer.status == status)
            #expect(answer.text == #"{"error":"\#(message)"}"#)
        }
    }

    @Test func `cuts a text at the context length, or refuses it when told not to`() async throws {
        try await withServer { client, _ in
            let long = Array(repeating: "word", count: 20).joined(separator: " ")
            let body = #"{"model":"nomic-embed-text","input":["\#(long)"]"#
            let cut = await client.send("POST", "/api/embed", body + "}")
            #expect(cut.status == 200)
            let json = try JSONValue(parsing: cut.body)
            #expect(json["prompt_eval_count"] == 16)
            let refused = await client.send("POST", "/api/embed", body + #","truncate":false}"#)
            #expect(refused.status == 400)
            #expect(refused.text == #"{"error":"the input length exceeds the context length"}"#)
            let fits = Array(repeating: "word", count: 14).joined(separator: " ")
            let whole = #"{"model":"nomic-embed-text","input":"\#(fits)","truncate":false}"#
            #expect(await client.send("POST", "/api/embed", whole).status == 200)
        }
    }

    @Test func `speaks the older form for one text`() async throws {
        try await withServer { client, _ in
            let answer = await client.send("POST", "/api/embeddings", #"{"model":"nomic-embed-text","prompt":"sort"}"#)
            let json = try JSONValue(parsing: answer.body)
            #expect(json["embedding"]?.array?.count == 8)
        }
    }

    @Test func `speaks OpenAI's form, as numbers and as base64`() async throws {
        try await withServer { client, _ in
            let body = #"{"model":"nomic-embed-text","input":["sort"],"encoding_format":"#
            let numbers = try JSONValue(parsing: await client.send("POST", "/v1/embeddings", body + #""float"}"#).body)
            #expect(numbers["object"] == "list")
            let data = numbers["data"]?.array?.first
            #expect(data?["index"] == 0)
            let floats = (data?["embedding"]?.array ?? []).compactMap(\.double).map { Float($0) }
            #expect(floats.count == 8)
            let encoded = try JSONValue(parsing: await client.send("POST", "/v1/embeddings", body + #""base64"}"#).body)
            let bytes = floats.flatMap { float in withUnsafeBytes(of: float.bitPattern.littleEndian) { Array($0) } }
            #expect(
                encoded["data"]?.array?.first?["embedding"]?.string
                    == String(decoding: Base64.encode(bytes), as: UTF8.self)
            )
            let refused = await client.send("POST", "/v1/embeddings", body + #""int8"}"#)
            #expect(refused.status == 400)
            #expect(try JSONValue(parsing: refused.body)["error"]?["type"] == "invalid_request_error")
            let unknown = await client.send("POST", "/v1/embeddings", #"{"model":"x","input":"a"}"#)
            #expect(unknown.status == 404)
            #expect(try JSONValue(parsing: unknown.body)["error"]?["type"] == "not_found_error")
            #expect(
                await client.send("POST", "/v1/embeddings", #"{"model":"nomic-embed-text","input":[]}"#).status == 400
            )
        }
    }

    @Test func `demands its key where it has one`() async throws {
        try await withServer(.init(dimension: 8, apiKey: "secret")) { client, _ in
            let body = #"{"model":"nomic-embed-text","input":"a"}"#
            let refused = await client.send("POST", "/v1/embeddings", body)
            #expect(refused.status == 401)
            let json = try JSONValue(parsing: refused.body)
            #expect(json["error"]?["message"]?.string != nil)
            let key = ["Authorization": "Bearer secret"]
            #expect(await client.send("POST", "/v1/embeddings", body, headers: key).status == 200)
            #expect(await client.send("POST", "/api/embed", body, headers: key).status == 200)
            #expect(await client.send("GET", "/").status == 200)
        }
    }

    @Test(arguments: [("", "="), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func `encodes base64`(text: String, encoded: String) {
        #expect(String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) == (text.isEmpty ? "" : encoded))
    }
}
