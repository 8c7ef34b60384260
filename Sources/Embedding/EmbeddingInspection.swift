public import Pipeline

/// What an embedding server told and showed of its model.
public struct EmbeddingInspection: Sendable {
    /// With its dimension as it was seen in an answer.
    public var model: EmbeddingModel
    /// The vectors of `Canaries.texts`, in their order, made without a prefix.
    public var canaries: [Vector]
    /// How long it took to make them; the first time a server loads its model meanwhile.
    public var duration: Duration

    public init(model: EmbeddingModel, canaries: [Vector], duration: Duration) {
        self.model = model
        self.canaries = canaries
        self.duration = duration
    }
}
