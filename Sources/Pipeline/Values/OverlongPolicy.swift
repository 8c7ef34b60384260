/// What is done with a text that does not fit the model's context.
public enum OverlongPolicy: String, Sendable, CaseIterable {
    /// It is shortened until it fits, counted, and its point marked.
    case truncate
    /// Its row is rejected.
    case reject
}
