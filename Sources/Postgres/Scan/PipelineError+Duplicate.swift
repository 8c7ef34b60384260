internal import Pipeline

extension PipelineError {
    /// Two rows have the same key.
    static func duplicate(_ key: String) -> PipelineError {
        PipelineError(
            .setup,
            "two rows of the query have the key \(key)",
            remedy: "make the query's id unique: points are told apart by it"
        )
    }
}
