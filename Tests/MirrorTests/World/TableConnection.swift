import CLibPQ

/// A connection to the tested table, by which the tests change and read it beside the program.
final class TableConnection {
    private let connection: OpaquePointer

    /// - Throws: when the server does not answer.
    init(_ url: String) throws {
        guard let connection = PQconnectdb(url) else { throw Failure("no memory for a connection") }
        self.connection = connection
        guard PQstatus(connection) == CONNECTION_OK else { throw Failure(String(cString: PQerrorMessage(connection))) }
    }

    deinit {
        PQfinish(connection)
    }

    /// Runs one statement and returns its rows.
    @discardableResult
    func run(_ sql: String, _ parameters: [String] = []) throws -> [[String?]] {
        let texts = parameters.map { Array($0.utf8CString) }
        let result = withPointers(texts[...], []) { values in
            PQexecParams(connection, sql, Int32(texts.count), nil, values, nil, nil, 0)
        }
        defer { PQclear(result) }
        guard [PGRES_TUPLES_OK, PGRES_COMMAND_OK].contains(PQresultStatus(result)) else {
            throw Failure("\(String(cString: PQerrorMessage(connection))) in \(sql)")
        }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                if PQgetisnull(result, row, column) == 1 { return nil }
                return PQgetvalue(result, row, column).map { String(cString: $0) }
            }
        }
    }

    private func withPointers<Result>(
        _ texts: ArraySlice<[CChar]>,
        _ pointers: [UnsafePointer<CChar>?],
        _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        guard let text = texts.first else { return body(pointers) }
        return text.withUnsafeBufferPointer { withPointers(texts.dropFirst(), pointers + [$0.baseAddress], body) }
    }
}

/// What the tests found to be wrong.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
