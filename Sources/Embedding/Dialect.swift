internal import Pipeline
internal import WireJSON

/// What differs between the providers when texts are embedded.
protocol Dialect: Sendable {
    /// Of the embedding route.
    var path: String { get }

    /// Appended to the request behind the texts: the same bytes in every request, since an Ollama that is asked with
    /// other options reloads its model.
    var options: StaticString { get }

    /// The vectors of an answer, in the order of the texts.
    func vectors(in answer: [UInt8], dimension: Int?) throws(VectorFault) -> [Bytes]

    /// What the server tells about the model, apart from its dimension.
    func describe(
        _ model: String,
        _ connection: ServerConnection
    ) async throws(PipelineError) -> (digest: String?, contextLength: Int?)

    /// The names of the models that the server has in memory; nil where the dialect has no word for it.
    func loadedModels(_ connection: ServerConnection) async throws(PipelineError) -> [String]?
}
