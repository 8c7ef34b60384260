internal import Crypto
internal import Pipeline
internal import WireJSON

/// A point as an answer holds it.
struct FoundPoint {
    /// As JSON.
    private(set) var id = ""
    /// The payload, or the part of it that was asked for.
    private(set) var payload: Bytes?
    private(set) var sync: SyncMark?
    /// Nil also where it is none that can be used.
    private(set) var vector: Bytes?
    /// All of it, as the server printed it.
    private(set) var json: Bytes = []

    /// Moves over the point that comes next.
    ///
    /// - Parameter dimension: the number of components of a vector that can be used.
    init(_ cursor: inout JSONCursor, dimension: Int?) throws(VectorFault) {
        let start = try cursor.start()
        guard try cursor.enterObject() else { throw .malformed(offset: start) }
        while try cursor.nextMember() {
            if cursor.isNamed("id") {
                id = String(decoding: try cursor.value(), as: UTF8.self)
            } else if cursor.isNamed("payload") {
                try readPayload(&cursor)
            } else if cursor.isNamed("vector") {
                vector = try cursor.vector(dimension: dimension)
            } else {
                try cursor.skip()
            }
        }
        if id.isEmpty { throw .malformed(offset: start) }
        json = cursor.bytes(from: start)
    }

    private mutating func readPayload(_ cursor: inout JSONCursor) throws(VectorFault) {
        let start = try cursor.start()
        // `null` where there is none.
        guard try cursor.enterObject() else { return }
        while try cursor.nextMember() {
            if cursor.isNamed("_sync") { sync = try SyncMark(&cursor) } else { try cursor.skip() }
        }
        payload = cursor.bytes(from: start)
    }

    /// SHA-256 of the payload's text, in hexadecimal digits; nil where it has none.
    func hashOfText() -> Bytes? {
        guard let payload else { return nil }
        do throws(VectorFault) {
            var cursor = JSONCursor(Array(payload))
            var text: Bytes?
            guard try cursor.enterObject() else { return nil }
            while try cursor.nextMember() {
                if cursor.isNamed("text") { text = try cursor.string() } else { try cursor.skip() }
            }
            return text.map { Hexadecimal.digits(of: SHA256.hash(data: Array($0)))[...] }
        } catch {
            return nil
        }
    }
}
