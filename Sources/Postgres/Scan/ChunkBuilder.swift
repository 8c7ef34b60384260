internal import Pipeline

/// Gathers rows into a chunk: all their bytes go into one buffer, of which the rows are slices.
struct ChunkBuilder {
    private struct Draft {
        let key: RowKey
        let text: Range<Int>
        let payload: Range<Int>
        let textHash: Range<Int>
        let payloadHash: Range<Int>
    }

    private let keyType: KeyType
    private var buffer: [UInt8] = []
    private var drafts: [Draft] = []
    private var rejections: [Rejection] = []
    /// The key of the last row that has a readable one, as PostgreSQL printed it.
    private(set) var lastKey: String?

    init(keyType: KeyType) {
        self.keyType = keyType
    }

    var rowCount: Int { drafts.count + rejections.count }
    var byteCount: Int { buffer.count }

    /// What the one row of `result` would add to `byteCount`.
    static func byteCount(_ result: borrowing QueryResult) -> Int {
        let columns: [ScanStatement.Column] = [.text, .payload, .textHash, .payloadHash]
        return columns.reduce(0) { $0 + result.byteCount(0, $1.rawValue) }
    }

    /// Takes in the one row of `result`, or rejects it.
    ///
    /// - Throws: `.setup` when the row shows that the query itself is at fault.
    mutating func append(_ row: borrowing QueryResult) throws(PipelineError) {
        typealias Column = ScanStatement.Column
        guard let keyText = row.validText(0, Column.key.rawValue) else {
            return reject(row.text(0, Column.key.rawValue) ?? "", "the key is not valid UTF-8")
        }
        lastKey = keyText
        let flaw = row.text(0, Column.flaw.rawValue).flatMap(ScanStatement.Flaw.init)
        if flaw == .reserved {
            throw PipelineError(
                .setup,
                "the payload of row \(keyText) has a member that is written beside it",
                remedy: "rename \(ScanStatement.reservedMembers.joined(separator: ", ")) in the query's payload"
            )
        }
        let start = buffer.count
        guard let key = Self.key(keyText, keyType) else {
            return reject(keyText, "the key is negative: a point's number cannot be")
        }
        guard let text = append(row, .text), let textHash = append(row, .textHash) else {
            return reject(keyText, "the text is NULL", from: start)
        }
        guard let payload = append(row, .payload), let payloadHash = append(row, .payloadHash), flaw == nil else {
            return reject(keyText, "the payload is not a JSON object", from: start)
        }
        guard isUTF8(text), isUTF8(payload) else { return reject(keyText, "the row is not valid UTF-8", from: start) }
        guard !isBlank(text) else { return reject(keyText, "the text is blank", from: start) }
        drafts.append(
            Draft(key: key, text: text, payload: payload, textHash: textHash, payloadHash: payloadHash)
        )
    }

    /// Rejects rows that have no key to tell them apart.
    mutating func rejectKeyless(_ count: Int) {
        rejections.append(Rejection(key: nil, reason: "the key is NULL", rowCount: count))
    }

    /// The chunk of all rows so far.
    func chunk(end: Position, snapshot: Int) -> Chunk {
        let rows = drafts.map { draft in
            Row(
                key: draft.key,
                text: buffer[draft.text],
                payload: buffer[draft.payload],
                textHash: buffer[draft.textHash],
                payloadHash: buffer[draft.payloadHash]
            )
        }
        return Chunk(rows: rows, rejections: rejections, end: end, snapshot: snapshot)
    }

    private static func key(_ text: String, _ type: KeyType) -> RowKey? {
        switch type {
        case .uuid: .uuid(text)
        case .bigint: UInt64(text).map(RowKey.integer)
        case .text: .text(text)
        }
    }

    private mutating func append(_ row: borrowing QueryResult, _ column: ScanStatement.Column) -> Range<Int>? {
        let start = buffer.count
        // The bytes live in libpq's result, which is freed before the chunk is.
        let isPresent = row.withBytes(0, column.rawValue) { bytes in
            guard let bytes else { return false }
            buffer.append(contentsOf: bytes)
            return true
        }
        return isPresent ? start..<buffer.count : nil
    }

    private mutating func reject(_ key: String, _ reason: String, from start: Int? = nil) {
        if let start { buffer.removeSubrange(start...) }
        rejections.append(Rejection(key: key, reason: reason))
    }

    private func isUTF8(_ range: Range<Int>) -> Bool {
        (try? UTF8Span(validating: buffer[range].span)) != nil
    }

    private func isBlank(_ range: Range<Int>) -> Bool {
        buffer[range].allSatisfy { $0 == 0x20 || (0x09...0x0d).contains($0) }
    }
}
