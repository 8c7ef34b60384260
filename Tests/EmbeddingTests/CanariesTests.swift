import Embedding
import Pipeline
import SandboxServers
import Testing

@Suite("The agreement of two servers' canaries")
struct AgreementTests {
    private func vectors(_ texts: String...) -> [Vector] { texts.map { Vector(json: bytes($0)) } }

    @Test func `is that of the pair that agrees least`() {
        let found = Canaries.agreement(vectors("[1,0]", "[3,4]", "[1,0]"), vectors("[1,0]", "[4,3]", "[9,0]"))
        #expect(abs(found - 0.96) < 1e-12)
    }

    @Test func `is none for lists that cannot be paired`() {
        #expect(Canaries.agreement(vectors("[1,0]"), vectors("[1,0]", "[1,0]")) == 0)
        #expect(Canaries.agreement([], []) == 0)
        #expect(Canaries.agreement(vectors("[1,0]", "[1,0]"), vectors("[1,0]", "[1]")) == 0)
    }

    @Test func `is enough for two servers with one model, and not for two models`() async throws {
        try await withServer { server, ollama in
            let first = try await server.inspect()
            let again = try await server.inspect()
            #expect(Canaries.agreement(first.canaries, again.canaries) >= Canaries.threshold)

            try #require(ollama.model).set(vectorsVersion: 1)
            let updated = try await server.inspect()
            #expect(updated.model == first.model)
            #expect(Canaries.agreement(first.canaries, updated.canaries) < Canaries.threshold)

            try #require(ollama.model).set(revision: 1)
            let pulledAgain = try await server.inspect()
            #expect(pulledAgain.model.name == first.model.name)
            #expect(pulledAgain.model.digest != first.model.digest)
            #expect(Canaries.agreement(first.canaries, pulledAgain.canaries) < Canaries.threshold)
        }
    }

    @Test func `is measured by texts that are the same for ever`() {
        #expect(
            Canaries.texts == [
                "The quick brown fox jumps over the lazy dog.",
                "for index in 0..<count { total += values[index] }",
                "Größe: 3,14 · 東京 2024 · Привет, мир!",
            ]
        )
    }
}
