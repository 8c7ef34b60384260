import Pipeline
import Qdrant
import Testing

@Suite("The identity of vectors")
struct VectorIdentityTests {
    private let identity = VectorIdentity(
        fingerprint: "f",
        model: "m \"quoted\"/latest",
        digest: nil,
        dimension: 3,
        prefix: "search_document: ",
        queryPrefix: "search_query: ",
        canaries: [vector("[0.1,-0.25,1e-07]"), vector("[1.0,2.0,3.0]")]
    )

    @Test func `survives the way through text`() throws {
        let text = try identity.encoded()
        #expect(VectorIdentity(encoded: text) == identity)
        #expect(text.contains(#""query_prefix":"search_query: ""#))
        #expect(text.contains(#""canaries":[[0.1,-0.25,1e-07],[1,2,3]]"#))
    }

    @Test func `may be without canaries`() throws {
        var identity = identity
        identity.canaries = []
        identity.digest = "d"
        let text = try identity.encoded()
        #expect(VectorIdentity(encoded: text) == identity)
        #expect(!text.contains("canaries"))
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"fingerprint":"f","model":"m","dimension":"3","prefix":"","query_prefix":""}"#,
    ])
    func `is not read from anything else`(_ text: String) {
        #expect(VectorIdentity(encoded: text) == nil)
    }

    @Test func `takes no canary that is not made of numbers`() {
        var identity = identity
        identity.canaries = [vector("[null]")]
        #expect(throws: PipelineError.self) { try identity.encoded() }
    }
}
