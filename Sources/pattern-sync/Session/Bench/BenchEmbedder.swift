internal import Bench
internal import Embedding
internal import Pipeline

/// An embedding server as a benchmark sees it.
struct BenchEmbedder: MeteredEmbedder {
    let server: EmbeddingServer
    let dimension: Int
    let prefix: String

    var name: String { server.name }

    @concurrent
    func embed(_ texts: [Bytes], within deadline: Duration) async throws(PipelineError) -> Int? {
        try await server.measure(texts, prefix: prefix, dimension: dimension, within: deadline).tokens
    }
}
