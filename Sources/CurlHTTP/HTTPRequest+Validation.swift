extension HTTPRequest {
    /// Throws what no server needs to be asked about.
    func validate() throws(HTTPError) {
        try URLSyntax.check(url)
        if method == .head, !body.isEmpty {
            throw HTTPError(.invalidRequest, "a HEAD request has no body")
        }
        for header in headers {
            // A line break would smuggle a second header in.
            guard !header.name.isEmpty, header.name.utf8.allSatisfy(isTokenByte) else {
                throw HTTPError(.invalidRequest, "a header's name is empty or has a byte that names must not have")
            }
            guard header.value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
                throw HTTPError(.invalidRequest, "the value of header \(header.name) has a control character")
            }
        }
    }
}

/// RFC 9110, section 5.6.2.
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default:
        "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
