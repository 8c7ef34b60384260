internal import HTTPTypes

/// One request, wholly received.
struct HTTPCall: Sendable {
    let method: String
    /// The path's segments, percent-decoded: `/collections/a%20b` is `["collections", "a b"]`.
    let segments: [String]
    let query: [String: String]
    let headers: HTTPFields
    let body: [UInt8]

    /// The path as one string, percent-decoded.
    let path: String

    init(method: String, target: String, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.method = method
        self.headers = headers
        self.body = body
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        segments = parts[0].split(separator: "/").map { PercentEncoding.decode($0) }
        path = "/" + segments.joined(separator: "/")
        var query: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[PercentEncoding.decode(sides[0])] = sides.count > 1 ? PercentEncoding.decode(sides[1]) : ""
        }
        self.query = query
    }

    /// The key that the caller shows: of a `Bearer` authorization, or of the header `api-key`.
    var presentedKey: String? {
        if let key = headers[.apiKey] { return key }
        guard let authorization = headers[.authorization], authorization.lowercased().hasPrefix("bearer ") else {
            return nil
        }
        return String(authorization.dropFirst("bearer ".count))
    }
}

extension HTTPField.Name {
    /// Qdrant's own header for a key. The name is a valid one, so that unwrapping it cannot fail.
    static let apiKey = HTTPField.Name("api-key")!
}
