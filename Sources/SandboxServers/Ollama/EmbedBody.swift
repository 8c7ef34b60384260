/// What the body of a request for embeddings asks for, on whichever of the three routes.
struct EmbedBody {
    enum Encoding {
        case float
        case base64
    }

    var model = ""
    /// The texts in UTF-8.
    var texts: [[UInt8]] = []
    /// Whether the input was one string, not a list.
    var isSingle = false
    var truncate = true
    /// 0 is the model's own.
    var dimensions = 0
    var encoding = Encoding.float
    /// Whether the model is to be forgotten afterwards.
    var unloads = false

    /// - Parameter inputKey: the member that holds the texts.
    init(_ body: [UInt8], inputKey: String = "input") throws(OllamaFailure) {
        guard !body.isEmpty else { throw .badRequest("missing request body") }
        do {
            try JSONCursor.read(body) { cursor in
                try cursor.object { cursor, key in
                    switch key {
                    case "model": model = try cursor.takeNull() ? "" : cursor.string()
                    case inputKey: try readTexts(from: &cursor)
                    case "truncate": truncate = try cursor.takeNull() ? true : cursor.boolean()
                    case "dimensions": dimensions = try cursor.takeNull() ? 0 : Int(clamping: cursor.unsigned())
                    case "keep_alive": try readKeepAlive(from: &cursor)
                    case "encoding_format": try readEncoding(from: &cursor)
                    default: try cursor.skipValue()
                    }
                }
            }
        } catch let failure as OllamaFailure {
            throw failure
        } catch {
            throw .unreadable(error, body: body)
        }
    }

    private mutating func readTexts(from cursor: inout JSONCursor) throws {
        texts = []
        isSingle = false
        if try cursor.takeNull() { return }
        switch try cursor.peek() {
        case UInt8(ascii: "\""):
            texts = [try cursor.stringBytes()]
            isSingle = true
        case UInt8(ascii: "["):
            try cursor.array { cursor in
                guard try cursor.peek() == UInt8(ascii: "\"") else {
                    throw OllamaFailure.badRequest("invalid input type")
                }
                texts.append(try cursor.stringBytes())
            }
        default: throw OllamaFailure.badRequest("invalid input type")
        }
    }

    /// Of how long the model is to be kept, it is only of interest whether it is not at all: `0`, `"0"` or `"0s"`.
    private mutating func readKeepAlive(from cursor: inout JSONCursor) throws {
        if try cursor.takeNull() { return }
        if try cursor.peek() == UInt8(ascii: "\"") {
            unloads = ["0", "0s"].contains(try cursor.string())
        } else {
            unloads = try cursor.number().double == 0
        }
    }

    private mutating func readEncoding(from cursor: inout JSONCursor) throws {
        if try cursor.takeNull() { return }
        switch try cursor.string() {
        case "", "float": encoding = .float
        case "base64": encoding = .base64
        case let other:
            throw OllamaFailure.badRequest(
                "Invalid value for 'encoding_format' = \(other). Supported values: ['float', 'base64']."
            )
        }
    }
}
