/// Bytes that the engine carries and never decodes: a slice of the buffer they arrived in.
public typealias Bytes = ArraySlice<UInt8>

/// One row of the source, ready to be embedded and stored.
///
/// The slices of all rows of a chunk share one buffer, so a row costs no allocation of its own beyond its key.
public struct Row: Sendable {
    /// The row's identity, and so the point's.
    public var key: RowKey
    /// What is embedded: valid UTF-8, never blank, without any prefix.
    public var text: Bytes
    /// The point's payload: one JSON object, exactly as the source printed it.
    public var payload: Bytes
    /// SHA-256 of `text`, 64 lower-case hexadecimal digits, computed by the source.
    public var textHash: Bytes
    /// SHA-256 of `payload`, 64 lower-case hexadecimal digits, computed by the source.
    public var payloadHash: Bytes

    public init(key: RowKey, text: Bytes, payload: Bytes, textHash: Bytes, payloadHash: Bytes) {
        self.key = key
        self.text = text
        self.payload = payload
        self.textHash = textHash
        self.payloadHash = payloadHash
    }

    /// What the row weighs in memory and on the wire, in bytes; the vector not included.
    public var byteCount: Int {
        text.count + payload.count + textHash.count + payloadHash.count
    }
}
