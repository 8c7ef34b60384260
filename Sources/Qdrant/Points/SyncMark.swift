internal import Pipeline
internal import WireJSON

/// The member `_sync` of a payload as it is found; members of a kind that we do not write are as good as missing.
struct SyncMark {
    private(set) var source: Bytes?
    private(set) var key: Bytes?
    private(set) var textHash: Bytes?
    private(set) var payloadHash: Bytes?
    private(set) var isTruncated = false
    private var embedder: Bytes?
    private var hashVersion: Bytes?

    /// Moves over the value that comes next, whatever it is.
    init(_ cursor: inout JSONCursor) throws(VectorFault) {
        guard try cursor.enterObject() else { return }
        while try cursor.nextMember() {
            if cursor.isNamed("source") {
                source = try cursor.string()
            } else if cursor.isNamed("text_hash") {
                textHash = try cursor.string()
            } else if cursor.isNamed("payload_hash") {
                payloadHash = try cursor.string()
            } else if cursor.isNamed("hash_version") {
                hashVersion = try cursor.value()
            } else if cursor.isNamed("embedder") {
                embedder = try cursor.string()
            } else if cursor.isNamed("key") {
                key = try cursor.string()
            } else if cursor.isNamed("truncated") {
                isTruncated = try cursor.value().equals("true")
            } else {
                try cursor.skip()
            }
        }
    }

    /// What this says about the point of a row with this key, to the sync of this name; nil when it names nobody.
    func mark(of rowKey: RowKey, source: String, embedder: String) -> StoredPoint.Mark? {
        guard let found = self.source else { return nil }
        guard found.elementsEqual(source.utf8) else { return .foreign(String(decoding: found, as: UTF8.self)) }
        guard hashVersion?.equals(PointPayload.hashVersion) == true,
            self.embedder?.elementsEqual(embedder.utf8) == true
        else { return .outdated }
        // The ids of texts are made of their keys: another key under this id is another row's.
        if case .text(let text) = rowKey, key?.elementsEqual(text.utf8) != true { return .outdated }
        return .current
    }
}

extension Bytes {
    fileprivate func equals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { elementsEqual($0) }
    }
}
