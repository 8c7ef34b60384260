package import Pipeline
internal import Threading

/// An embedding server whose vectors tell the text they were made of.
package final class FakeEmbedder: Embedder {
    package let name: String
    private let contextBytes: Int
    private let before: @Sendable (_ call: Int, _ texts: [Bytes]) async throws(PipelineError) -> Void
    private let calls = Level()
    private let embedded: Locked<[String: Int]?>
    private let granted = Locked<[Duration]>([])
    /// How many requests it is working on.
    package let inFlight = Level()

    /// - Parameters:
    ///   - contextBytes: a longer text is `.overlong`.
    ///   - remembersTexts: whether `timesEmbedded` and `deadlines` are kept.
    ///   - before: is awaited in each request with its number, from 1, and its texts; what it throws, the request
    ///     throws.
    package init(
        _ name: String = "embedder",
        contextBytes: Int = .max,
        remembersTexts: Bool = true,
        before: @escaping @Sendable (_ call: Int, _ texts: [Bytes]) async throws(PipelineError) -> Void = { _, _ in }
    ) {
        self.name = name
        self.contextBytes = contextBytes
        self.before = before
        embedded = Locked(remembersTexts ? [:] : nil)
    }

    /// How many requests it was sent.
    package var requests: Int { calls.value }

    /// The deadline of each request, in their order.
    package var deadlines: [Duration] { granted.withLock { $0 } }

    /// How many times each text was turned into a vector.
    package var timesEmbedded: [String: Int] { embedded.withLock { $0 ?? [:] } }

    /// Three components: two that tell the text, one that is not zero whatever the text.
    package static func vector(of text: Bytes) -> Vector {
        let print = text.fingerprint
        return Vector(json: Array("[0.\(print >> 32),0.\(print & 0xffff_ffff),1]".utf8)[...])
    }

    @concurrent
    package func embed(_ texts: [Bytes], within deadline: Duration) async throws(PipelineError) -> [Vector] {
        inFlight.change(by: 1)
        defer { inFlight.change(by: -1) }
        let call = calls.next()
        if embedded.withLock({ $0 != nil }) { granted.withLock { $0.append(deadline) } }
        try await before(call, texts)
        if Task.isCancelled { throw .cancelled }
        guard texts.allSatisfy({ $0.count <= contextBytes }) else {
            throw PipelineError(.row(.overlong), "the text does not fit the model's context")
        }
        embedded.withLock { embedded in
            for text in texts { embedded?[text.string, default: 0] += 1 }
        }
        return texts.map(Self.vector)
    }
}
