/// One answer, before it is put on the wire.
struct HTTPReply: Sendable {
    var status: Int
    var contentType: String
    var headers: [String: String] = [:]
    var body: [UInt8]

    static func json(_ body: [UInt8], status: Int = 200) -> HTTPReply {
        HTTPReply(status: status, contentType: "application/json", body: body)
    }

    static func json(_ value: JSONValue, status: Int = 200) -> HTTPReply {
        json(value.bytes, status: status)
    }

    static func text(_ text: String, status: Int = 200) -> HTTPReply {
        HTTPReply(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }
}
