internal import CLibPQ

/// What a statement returned; owns libpq's result.
struct QueryResult: ~Copyable {
    private let handle: OpaquePointer

    /// Takes over `handle`.
    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    var status: ExecStatusType { PQresultStatus(handle) }
    var rowCount: Int { Int(PQntuples(handle)) }
    var columnCount: Int { Int(PQnfields(handle)) }

    func columnName(_ column: Int) -> String {
        PQfname(handle, Int32(column)).map { String(cString: $0) } ?? ""
    }

    /// The type's OID.
    func columnType(_ column: Int) -> UInt32 {
        PQftype(handle, Int32(column))
    }

    /// Calls `body` with the bytes of a value, or with nil for NULL. They live as long as the result.
    func withBytes<Result>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        if PQgetisnull(handle, Int32(row), Int32(column)) == 1 { return body(nil) }
        let length = Int(PQgetlength(handle, Int32(row), Int32(column)))
        return body(UnsafeRawBufferPointer(start: PQgetvalue(handle, Int32(row), Int32(column)), count: length))
    }

    /// A value's bytes; 0 for NULL.
    func byteCount(_ row: Int, _ column: Int) -> Int {
        Int(PQgetlength(handle, Int32(row), Int32(column)))
    }

    /// A value as text, nil for NULL; what is not UTF-8 is replaced.
    func text(_ row: Int, _ column: Int) -> String? {
        withBytes(row, column) { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// A value as text, nil for NULL and for what is not UTF-8.
    func validText(_ row: Int, _ column: Int) -> String? {
        withBytes(row, column) { bytes in
            guard let bytes, let text = try? UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span) else {
                return nil
            }
            return String(copying: text)
        }
    }

    /// The five characters that PostgreSQL names the error with.
    var sqlState: String? {
        PQresultErrorField(handle, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
    }

    /// The error in one sentence, without the parts that may quote data.
    var primaryMessage: String {
        PQresultErrorField(handle, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? "unknown error"
    }
}
