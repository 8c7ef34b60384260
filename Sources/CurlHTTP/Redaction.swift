/// Hides in what a server says the secrets that it was told: some servers and proxies quote requests in their errors.
public struct Redaction: Sendable {
    /// The longest first, so that none is left over of one that holds another.
    private let hidden: [String]

    /// - Parameters:
    ///   - urls: whose users and passwords are hidden, as they stand there, decoded, and as they are sent.
    ///   - secrets: such as keys.
    public init(urls: [String?], secrets: [String?] = []) {
        var hidden = secrets.compactMap(\.self)
        for credentials in urls.compactMap({ $0.flatMap(Self.credentials) }) {
            let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let user = Self.decoded(parts[0])
            let password = parts.count > 1 ? Self.decoded(parts[1]) : ""
            hidden += [String(credentials), "\(user):\(password)", password, Self.base64("\(user):\(password)")]
            // A lone user is a token.
            hidden.append(parts.count > 1 ? String(parts[1]) : user)
        }
        hidden += hidden.map { Self.base64($0) }
        // As they stand in a body that is not understood.
        hidden += hidden.map { $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }
        hidden += hidden.map { $0.replacing("/", with: "\\/") }
        self.hidden = Set(hidden).filter { !$0.isEmpty && $0 != ":" }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// `text` without secrets.
    public func callAsFunction(_ text: String) -> String {
        hidden.reduce(text) { $0.replacing($1, with: "***") }
    }

    /// What stands before the last `@` of the authority.
    private static func credentials(of url: String) -> Substring? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        return authority.lastIndex(of: "@").map { authority[..<$0] }
    }

    /// Without percent escapes; bytes that are no UTF-8 are replaced.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// RFC 4648, section 4, without the padding, so that it is found with and without.
    private static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var encoded = ""
        var bits = 0
        var count = 0
        for byte in text.utf8 {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 6 {
                count -= 6
                encoded.append(alphabet[bits >> count & 63])
            }
            bits &= 0xFF
        }
        if count > 0 { encoded.append(alphabet[bits << (6 - count) & 63]) }
        return encoded
    }
}
