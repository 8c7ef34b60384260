public import Pipeline

/// An embedding server that tells what a request cost it.
public protocol MeteredEmbedder: Sendable {
    /// Its address, without credentials.
    var name: String { get }

    /// Embeds the texts as a sync would, and checks the vectors as a sync would.
    ///
    /// - Parameter deadline: how long it may take.
    /// - Returns: how many tokens the texts were; nil where the server does not count them.
    @concurrent func embed(_ texts: [Bytes], within deadline: Duration) async throws(PipelineError) -> Int?
}
