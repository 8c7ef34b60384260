import Pipeline
import SandboxServers
import Testing

@testable import Embedding

@Suite("Measuring an embedding server")
struct MeasuringTests {
    private let clock = RunClock(ContinuousClock())

    @Test(arguments: EmbeddingProvider.allCases)
    func `counts the tokens that the server counts`(_ provider: EmbeddingProvider) async throws {
        try await withServer(.init(dimension: 8), provider: provider) { server, _ in
            let texts = ["open file", "sort"]
            let cost = try await server.measure(
                texts.map(bytes),
                prefix: "search_document: ",
                dimension: 8,
                within: .seconds(10)
            )
            let tokens = texts.map { OllamaSandbox.tokens(in: "search_document: " + $0) }.reduce(0, +)
            #expect(cost.tokens == tokens)
            #expect((cost.loading != nil) == (provider == .ollama))
        }
    }

    @Test func `takes no answer that a sync would not take`() async throws {
        try await withServer(.init(dimension: 8)) { server, _ in
            let error = await failure { () async throws(PipelineError) in
                _ = try await server.measure([bytes("text")], prefix: "", dimension: 9, within: .seconds(10))
            }
            #expect(error?.rowFault == .unembeddable)
        }
    }

    @Test func `tells whether the model had to be loaded, and how long that took`() async throws {
        try await withServer(.init(dimension: 8, loadTime: .milliseconds(60))) { server, _ in
            let first = try await server.firstAnswer(clock)
            #expect(first.hadModel == false)
            #expect(first.duration >= .milliseconds(60))
            #expect((first.loading ?? .zero) >= .milliseconds(60))
            let second = try await server.firstAnswer(clock)
            #expect(second.hadModel == true)
            let isUnloaded = try await server.unload(clock)
            #expect(isUnloaded)
            let third = try await server.firstAnswer(clock)
            #expect(third.hadModel == false)
        }
    }

    @Test func `unloads no model that is not loaded`() async throws {
        try await withServer(.init(dimension: 8)) { server, ollama in
            let isUnloaded = try await server.unload(clock)
            #expect(isUnloaded)
            #expect(ollama.stats().embedRequests == 0)
        }
    }

    @Test func `knows that other servers tell nothing of loading`() async throws {
        try await withServer(.init(dimension: 8), provider: .openai) { server, _ in
            let isUnloaded = try await server.unload(clock)
            #expect(!isUnloaded)
            let first = try await server.firstAnswer(clock)
            #expect(first.hadModel == nil)
            #expect(first.loading == nil)
        }
    }

    @Test(
        arguments: [
            (#"{"embeddings":[[1]],"load_duration":12,"prompt_eval_count":7}"#, 7, 12),
            (#"{"embeddings":[[1]], "load_duration" : 12}"#, nil, 12),
            (#"{"usage":{"prompt_tokens":3,"total_tokens": 4},"data":[]}"#, 4, nil),
            (#"{"model":"total_tokens","data":[]}"#, nil, nil),
            ("", nil, nil),
        ] as [(String, Int?, Int?)]
    )
    func `reads what an answer tells of its costs`(_ answer: String, _ tokens: Int?, _ loading: Int?) {
        let cost = AnswerCost.read(Array(answer.utf8))
        #expect(cost.tokens == tokens)
        #expect(cost.loading == loading.map { .nanoseconds($0) })
    }

    @Test func `looks for costs at both ends of a large answer`() {
        let vectors = "[\(Array(repeating: "0.5", count: 10_000).joined(separator: ","))]"
        let behind = #"{"embeddings":[\#(vectors)],"prompt_eval_count":7}"#
        let before = #"{"usage":{"total_tokens":7},"data":[\#(vectors)]}"#
        #expect(AnswerCost.read(Array(behind.utf8)).tokens == 7)
        #expect(AnswerCost.read(Array(before.utf8)).tokens == 7)
    }
}
