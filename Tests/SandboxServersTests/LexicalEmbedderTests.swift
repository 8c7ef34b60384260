import Testing

@testable import SandboxServers

@Suite struct LexicalEmbedderTests {
    private func embed(_ text: String, dimension: Int = 768) -> [Float] {
        var embedder = LexicalEmbedder()
        var vector: [Float] = []
        embedder.embed(Array(text.utf8), dimension: dimension, into: &vector)
        return vector
    }

    private func similarity(_ left: [Float], _ right: [Float]) -> Float {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static let snippets = [
        "lines": """
        File: read_lines
        Language: python
        Path: io/read_lines.py

        Code:
        def read_lines(path):
            with open(path) as file:
                for line in file:
                    yield line.rstrip()
        """,
        "http": """
        File: HTTPRetryPolicy
        Language: swift
        Path: net/HTTPRetryPolicy.swift

        Code:
        func sendRequest(_ request: HTTPRequest, maxRetries: Int) async throws -> HTTPResponse {
            for attempt in 0..<maxRetries { if let response = try? await client.execute(request) { return response } }
            throw HTTPError.tooManyRetries
        }
        """,
        "sort": """
        File: quickSort
        Language: javascript
        Path: algo/quickSort.js

        Code:
        function quickSort(array) {
          if (array.length < 2) return array;
          const pivot = array[0];
          return [...quickSort(array.filter(x => x < pivot)), pivot, ...quickSort(array.filter(x => x > pivot))];
        }
        """,
        "pool": """
        File: connection_pool
        Language: go
        Path: db/connection_pool.go

        Code:
        func (p *Pool) Acquire(ctx context.Context) (*Conn, error) {
            select { case conn := <-p.idle: return conn, nil
            case <-ctx.Done(): return nil, ctx.Err() }
        }
        """,
    ]

    @Test(arguments: [
        ("read a file line by line", "lines"), ("how do I retry an HTTP request", "http"),
        ("sort an array with quicksort", "sort"), ("acquire a database connection from a pool", "pool"),
    ])
    func `puts the right snippet nearest to a question`(question: String, expected: String) {
        let query = embed(question)
        let ranked = Self.snippets.mapValues { similarity(query, embed($0)) }.sorted { $0.value > $1.value }
        #expect(ranked[0].key == expected)
        #expect(ranked[0].value > 1.5 * ranked[1].value)
    }

    @Test func `gives the same vector in every process`() {
        // Recorded from another run: a change of the algorithm shows here, chance does not come in.
        #expect(StableHash.of("read a file".utf8) == 13_033_263_324_208_619_141)
        let vector = embed("read a file line by line", dimension: 8)
        #expect(vector.map { ($0 * 1000).rounded() } == [-89, -300, 137, 0, 382, 62, -763, -389])
    }

    @Test(arguments: [1, 7, 384, 768, 1024]) func `has length 1 in any dimension`(dimension: Int) {
        for text in ["read a file", "", "   ", "naïve café", "x"] {
            let vector = embed(text, dimension: dimension)
            #expect(vector.count == dimension)
            #expect(abs(similarity(vector, vector) - 1) < 1e-5)
        }
    }

    @Test func `sees the words in identifiers`() {
        #expect(similarity(embed("readFileLines"), embed("read_file_lines")) > 0.999)
        #expect(similarity(embed("HTTPServer"), embed("http server")) > 0.999)
    }

    @Test func `passes over the prefixes that say which side a text is on`() {
        #expect(embed("search_document: open a file") == embed("open a file"))
        #expect(embed("search_query: open a file") == embed("open a file"))
    }

    @Test func `tells words in another order apart, but little`() {
        let similarity = similarity(embed("file line"), embed("line file"))
        #expect(similarity < 0.999)
        #expect(similarity > 0.7)
    }

    @Test func `counts tokens by pieces of words and by signs`() {
        #expect(OllamaSandbox.tokens(in: "") == 2)
        #expect(OllamaSandbox.tokens(in: "file") == 3)
        #expect(OllamaSandbox.tokens(in: "files  a+b") == 2 + 2 + 3)
        #expect(TextTokens.count(Array("aa bb cc".utf8), limit: 4).bytes == 6)
    }
}
