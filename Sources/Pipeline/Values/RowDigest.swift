/// A row as far as it takes to tell whether its point still is what it says: its key and its hashes.
public struct RowDigest: Sendable {
    /// The row's identity, and so the point's.
    public var key: RowKey
    /// SHA-256 of the row's text, 64 lower-case hexadecimal digits, computed by the source.
    public var textHash: Bytes
    /// SHA-256 of the row's payload, 64 lower-case hexadecimal digits, computed by the source.
    public var payloadHash: Bytes
    /// What the row's text and payload weigh, in bytes.
    public var byteCount: Int

    public init(key: RowKey, textHash: Bytes, payloadHash: Bytes, byteCount: Int) {
        self.key = key
        self.textHash = textHash
        self.payloadHash = payloadHash
        self.byteCount = byteCount
    }
}
