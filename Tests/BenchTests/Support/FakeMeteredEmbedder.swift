import Pipeline
import TestSupport

@testable import Bench

/// An embedding server that counts four bytes for a token.
struct FakeMeteredEmbedder: MeteredEmbedder {
    let fake: FakeEmbedder

    var name: String { fake.name }

    @concurrent
    func embed(_ texts: [Bytes], within deadline: Duration) async throws(PipelineError) -> Int? {
        _ = try await fake.embed(texts, within: deadline)
        return texts.reduce(0) { $0 + $1.count / 4 }
    }
}
