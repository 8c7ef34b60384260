/// What is read of a query's rows.
public enum Content: Sendable, CaseIterable {
    /// The rows themselves, to be carried over.
    case rows
    /// Their keys and hashes, to be compared: the texts and payloads stay in the database.
    case digests
}
