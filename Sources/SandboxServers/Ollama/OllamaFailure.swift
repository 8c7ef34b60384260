/// A request that the server refuses, in the words of the real one.
struct OllamaFailure: Error {
    let status: Int
    let message: String

    static func badRequest(_ message: String) -> OllamaFailure { OllamaFailure(status: 400, message: message) }

    static func notPulled(_ model: String) -> OllamaFailure {
        OllamaFailure(status: 404, message: "model \"\(model)\" not found, try pulling it first")
    }

    static func unknown(_ model: String) -> OllamaFailure {
        OllamaFailure(status: 404, message: "model '\(model)' not found")
    }

    /// An unreadable body, in the manner of the real server's decoder.
    static func unreadable(_ error: any Error, body: [UInt8]) -> OllamaFailure {
        guard let error = error as? JSONSyntaxError else { return .badRequest("\(error)") }
        guard error.offset < body.count else { return .badRequest("unexpected EOF") }
        guard !error.message.hasPrefix("invalid type") else { return .badRequest("json: cannot unmarshal: \(error)") }
        let byte = Character(Unicode.Scalar(body[error.offset]))
        return .badRequest("invalid character '\(byte)' looking for beginning of value")
    }
}
