package import Pipeline
internal import Testing

/// What every `Embedder` owes the engine.
package struct EmbedderContract: Sendable {
    private let embedder: any Embedder
    private let dimension: Int
    private let texts: [Bytes]

    /// - Parameters:
    ///   - embedder: one whose answers depend on nothing but the text.
    ///   - dimension: how many components its vectors have.
    package init(_ embedder: any Embedder, dimension: Int) {
        self.embedder = embedder
        self.dimension = dimension
        let samples = [
            "plain", "two\nlines", "\"quoted\" \\ and\ttabbed", "größer als 😀", "\u{1}\u{1f}\u{7f}",
            String(repeating: "long ", count: 50), "{\"embeddings\": [[1]]}",
        ]
        // Slices of one buffer, as the rows of a chunk are.
        let buffer = Array(samples.joined().utf8)
        var start = 0
        texts = samples.map { sample in
            defer { start += sample.utf8.count }
            return buffer[start..<start + sample.utf8.count]
        }
    }

    package func check() async throws {
        #expect(!embedder.name.isEmpty)
        #expect(!embedder.name.contains("@"), "the name must not carry credentials")
        try await answersOneVectorATextInOrder()
        try await answersEqualTextsWithEqualVectors()
        try await servesManyRequestsAtOnce()
        await endsSoonWhenCancelled()
    }

    private func answersOneVectorATextInOrder() async throws {
        let together = try await embedder.embed(texts)
        #expect(together.count == texts.count)
        for (text, vector) in zip(texts, together) {
            checkVector(vector)
            let alone = try await embedder.embed([text])
            #expect(alone.map(\.json) == [vector.json], "\(text.string)")
        }
        let backwards = try await embedder.embed(texts.reversed())
        #expect(backwards.map(\.json) == together.reversed().map(\.json))
    }

    private func checkVector(_ vector: Vector) {
        let json = vector.json.string
        #expect(json.hasPrefix("[") && json.hasSuffix("]"))
        let components = json.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
        #expect(components.count == dimension)
        let numbers = components.map { component in
            Float(String(component.drop { " \n\r\t".contains($0) }.prefix { !" \n\r\t".contains($0) })) ?? .nan
        }
        #expect(numbers.allSatisfy { $0.isFinite })
        #expect(numbers.contains { $0 != 0 })
    }

    private func answersEqualTextsWithEqualVectors() async throws {
        let vectors = try await embedder.embed([texts[0], texts[1], texts[0]])
        #expect(vectors.count == 3)
        #expect(vectors.first?.json == vectors.last?.json)
    }

    private func servesManyRequestsAtOnce() async throws {
        let expected = try await embedder.embed(texts).map(\.json)
        try await withThrowingTaskGroup(of: [Bytes].self) { group in
            for _ in 0..<8 { group.addTask { try await embedder.embed(texts).map(\.json) } }
            for try await vectors in group { #expect(vectors == expected) }
        }
    }

    private func endsSoonWhenCancelled() async {
        let error = await withTaskGroup(of: PipelineError?.self) { group in
            group.cancelAll()
            group.addTask {
                do throws(PipelineError) {
                    _ = try await embedder.embed(texts)
                    return nil
                } catch {
                    return error
                }
            }
            return await group.next() ?? nil
        }
        // It may have been faster than the cancellation.
        #expect(error == nil || error?.kind == .cancelled)
    }
}
