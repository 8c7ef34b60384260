public import Pipeline

/// What a model was trained to see before a text, so that it knows what the text is.
public struct TextPrefix: Sendable, Equatable {
    /// Before a text that is stored.
    public var document: String
    /// Before a question.
    public var query: String

    /// For a model that was trained without.
    public static let none = TextPrefix(document: "", query: "")

    /// The prefixes that the model's makers prescribe.
    ///
    /// - Throws: `.setup` for a model whose prefixes are not known here.
    public static func prescribed(for model: String) throws(PipelineError) -> TextPrefix {
        let name = model.split(separator: "/").last.map(String.init) ?? model
        if let known = table.first(where: { name.hasPrefix($0.model) }) { return known.prefix }
        throw PipelineError(
            .setup,
            "the prefixes of the model \(model) are not known",
            remedy: "use --prefix none; known are \(table.map(\.model).joined(separator: ", "))"
        )
    }

    /// From the models' own cards.
    private static let table: [(model: String, prefix: TextPrefix)] = [
        ("nomic-embed-text", TextPrefix(document: "search_document: ", query: "search_query: ")),
        ("embeddinggemma", TextPrefix(document: "title: none | text: ", query: "task: search result | query: ")),
        (
            "mxbai-embed-large",
            TextPrefix(document: "", query: "Represent this sentence for searching relevant passages: ")
        ),
        ("bge-m3", .none),
        ("all-minilm", .none),
    ]
}
