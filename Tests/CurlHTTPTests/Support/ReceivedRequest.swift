/// A request as the server read it off the wire.
struct ReceivedRequest: Sendable {
    /// The request line and the fields, up to the empty line.
    let head: String
    let body: [UInt8]

    var requestLine: String { String(head.prefix { $0 != "\r\n" }) }

    /// Every field's line that has this name.
    func fields(_ name: String) -> [String] {
        head.split(separator: "\r\n").dropFirst().map(String.init)
            .filter { $0.lowercased().hasPrefix(name.lowercased() + ":") }
    }
}
