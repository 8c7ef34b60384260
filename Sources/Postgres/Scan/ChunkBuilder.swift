internal import Pipeline

/// Gathers rows or digests: all their bytes go into one buffer, of which they are slices.
struct ChunkBuilder {
    private struct Draft {
        let key: RowKey
        let textHash: Range<Int>
        let payloadHash: Range<Int>
        let body: Body
    }

    /// What a row or a digest has beside its hashes.
    private enum Body {
        case row(text: Range<Int>, payload: Range<Int>)
        case digest(byteCount: Int)
    }

    private let keyType: KeyType
    private let content: Content
    private var buffer: [UInt8] = []
    private var drafts: [Draft] = []
    private(set) var rejections: [Rejection] = []
    /// The key of the last row that has a readable one, as PostgreSQL printed it.
    private(set) var lastKey: String?

    /// - Parameters:
    ///   - content: what the results hold that are to be taken in.
    ///   - byteCount: about as many bytes as they will have.
    init(keyType: KeyType, content: Content, byteCount: Int = 0) {
        self.keyType = keyType
        self.content = content
        buffer.reserveCapacity(byteCount)
    }

    var rowCount: Int { drafts.count + rejections.count }

    /// Bytes of what was taken in.
    var byteCount: Int { buffer.count }

    /// Whether a row of `result` may be taken in when all together may have so many bytes; the first one always.
    func hasRoom(for result: borrowing QueryResult, row: Int = 0, in bytes: Int) -> Bool {
        if rowCount == 0 { return true }
        var added = result.byteCount(row, ScanStatement.Column.textHash.rawValue)
        added += result.byteCount(row, ScanStatement.Column.payloadHash.rawValue)
        if content == .rows {
            added += result.byteCount(row, ScanStatement.RowColumn.text.rawValue)
            added += result.byteCount(row, ScanStatement.RowColumn.payload.rawValue)
        }
        return buffer.count + added <= bytes
    }

    /// Takes in a row of `result`, or rejects it.
    ///
    /// - Throws: `.setup` when the row shows that the query itself is at fault.
    mutating func append(_ result: borrowing QueryResult, row: Int = 0) throws(PipelineError) {
        try append(result, row: row, key: result.validText(row, ScanStatement.Column.key.rawValue))
    }

    /// Takes in a row of `result`, or rejects it.
    ///
    /// - Parameter key: as the result has it; nil when it is not valid UTF-8.
    /// - Throws: `.setup` when the row shows that the query itself is at fault.
    mutating func append(_ result: borrowing QueryResult, row: Int = 0, key keyText: String?) throws(PipelineError) {
        guard let keyText else {
            let text = result.text(row, ScanStatement.Column.key.rawValue)
            return reject(text ?? "", "the key is not valid UTF-8")
        }
        lastKey = keyText
        let flaw = result.text(row, ScanStatement.Column.flaw.rawValue).flatMap(RowFlaw.init)
        let rejection = try flaw?.rejection(ofKey: keyText)
        guard let key = keyType.rowKey(keyText) else {
            return reject(keyText, "the key is negative: a point's number cannot be")
        }
        if let rejection { return rejections.append(rejection) }
        let start = buffer.count
        let textHash = append(result, row, ScanStatement.Column.textHash.rawValue)
        let payloadHash = append(result, row, ScanStatement.Column.payloadHash.rawValue)
        guard let body = appendBody(result, row) else {
            buffer.removeSubrange(start...)
            return reject(keyText, "the row is not valid UTF-8")
        }
        drafts.append(Draft(key: key, textHash: textHash, payloadHash: payloadHash, body: body))
    }

    /// Rejects the row of `key`, which the database cannot produce.
    mutating func rejectUnreadable(_ key: String, _ error: PipelineError) {
        lastKey = key
        reject(key, error.message)
    }

    /// Rejects rows that have no key to tell them apart.
    mutating func rejectKeyless(_ count: Int) {
        rejections.append(Rejection(key: nil, reason: "the key is NULL", rowCount: count))
    }

    /// The chunk of all that was gathered.
    func chunk(end: Position, snapshot: Int) -> Chunk {
        Chunk(rows: rows, digests: digests, rejections: rejections, end: end, snapshot: snapshot)
    }

    /// The rows that were gathered, if it was rows.
    var rows: [Row] {
        drafts.compactMap { draft in
            guard case .row(let text, let payload) = draft.body else { return nil }
            return Row(
                key: draft.key,
                text: buffer[text],
                payload: buffer[payload],
                textHash: buffer[draft.textHash],
                payloadHash: buffer[draft.payloadHash]
            )
        }
    }

    private var digests: [RowDigest] {
        drafts.compactMap { draft in
            guard case .digest(let byteCount) = draft.body else { return nil }
            return RowDigest(
                key: draft.key,
                textHash: buffer[draft.textHash],
                payloadHash: buffer[draft.payloadHash],
                byteCount: byteCount
            )
        }
    }

    /// Nil when it is not valid UTF-8.
    private mutating func appendBody(_ result: borrowing QueryResult, _ row: Int) -> Body? {
        switch content {
        case .rows:
            let text = append(result, row, ScanStatement.RowColumn.text.rawValue)
            let payload = append(result, row, ScanStatement.RowColumn.payload.rawValue)
            return isUTF8(text) && isUTF8(payload) ? .row(text: text, payload: payload) : nil
        case .digests:
            let byteCount = result.text(row, ScanStatement.DigestColumn.byteCount.rawValue).flatMap(Int.init)
            return .digest(byteCount: byteCount ?? 0)
        }
    }

    /// Appends a value's bytes; a row without flaw has no NULL.
    private mutating func append(_ result: borrowing QueryResult, _ row: Int, _ column: Int) -> Range<Int> {
        let start = buffer.count
        // The bytes live in libpq's result, which is freed before the chunk is.
        result.withBytes(row, column) { bytes in
            if let bytes { buffer.append(contentsOf: bytes) }
        }
        return start..<buffer.count
    }

    private mutating func reject(_ key: String, _ reason: String) {
        rejections.append(Rejection(key: key, reason: reason))
    }

    private func isUTF8(_ range: Range<Int>) -> Bool {
        (try? UTF8Span(validating: buffer[range].span)) != nil
    }
}
