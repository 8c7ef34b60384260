/// One embedding server.
public protocol Embedder: Sendable {
    /// Names the server in messages: its address, without credentials.
    var name: String { get }

    /// Turns each text into a vector.
    ///
    /// - Parameter deadline: how long it may take. What takes longer is given up, and the server's fault.
    /// - Returns: exactly one vector a text, in the order of the texts, each with the model's number of components, all
    ///   finite, not all zero. An answer that is not so is an error, never repaired.
    /// - Throws: `.server` when the same request may succeed later; `.row` when one of the texts is at fault, which
    ///   one is found by asking for fewer; `.setup` when no request can succeed.
    /// - May be called any number of times at once, and again with the same texts. Cancelling the task ends the request.
    @concurrent func embed(_ texts: [Bytes], within deadline: Duration) async throws(PipelineError) -> [Vector]
}

extension Embedder {
    /// Embeds a few texts, with time enough for the server to load its model first.
    public func embed(_ texts: [Bytes]) async throws(PipelineError) -> [Vector] {
        try await embed(texts, within: LatencyEstimate.untried)
    }
}
