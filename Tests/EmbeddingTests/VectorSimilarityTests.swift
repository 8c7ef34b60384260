import Embedding
import Pipeline
import Testing

@Suite("The similarity of two vectors")
struct VectorSimilarityTests {
    private func cosine(_ first: String, _ second: String) -> Double? {
        VectorSimilarity.cosine(Vector(json: bytes(first)), Vector(json: bytes(second)))
    }

    @Test(arguments: [
        ("[1,0]", "[1,0]", 1), ("[1,0]", "[0,2]", 0), ("[1,0]", "[-3,0]", -1), ("[3,4]", "[4,3]", 0.96),
        ("[1]", "[5]", 1), ("[1,1]", "[1,0]", 0.5.squareRoot()),
    ])
    func `is the cosine of their angle, whatever their lengths`(first: String, second: String, expected: Double) throws
    {
        #expect(abs(try #require(cosine(first, second)) - expected) < 1e-12)
        #expect(abs(try #require(cosine(second, first)) - expected) < 1e-12)
    }

    @Test func `reads numbers and spaces as JSON may write them`() throws {
        let found = try #require(cosine("[0.25, -50,1.0]", " [\n2.5e-1 ,\t-5E+1,1e0 ]\r\n"))
        #expect(abs(found - 1) < 1e-12)
    }

    @Test func `is never beyond the ends for rounding`() throws {
        for seed in 1...200 {
            let vector = "[" + (1...7).map { "\(1 / Double(seed + $0 * $0))" }.joined(separator: ",") + "]"
            #expect(try #require(cosine(vector, vector)) <= 1)
        }
    }

    @Test func `is of large and of small components too`() throws {
        #expect(try #require(cosine("[3e38,3e38]", "[1e-30,1e-30]")) > 0.999_999)
    }

    @Test(arguments: [
        ("[1,2]", "[1,2,3]"), ("[0,0]", "[1,2]"), ("[]", "[]"), ("", "[1]"), ("[1", "[1]"), ("1]", "[1]"),
        ("[1,]", "[1,1]"), ("[,1]", "[1,1]"), ("[1,null]", "[1,1]"), ("[1,\"1\"]", "[1,1]"), ("[nan]", "[1]"),
        ("[0x1]", "[1]"), ("[1e999]", "[1]"), ("[[1]]", "[1]"),
    ])
    func `is none where there is nothing to compare`(first: String, second: String) {
        #expect(cosine(first, second) == nil)
        #expect(cosine(second, first) == nil)
    }
}
