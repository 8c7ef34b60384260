/// Which part of a payload an answer carries.
enum PayloadSelection: Sendable, Equatable {
    case none
    case all
    case including([String])
    case excluding([String])

    /// - Parameter json: `true`, `false`, a list of keys, `{"include": [...]}` or `{"exclude": [...]}`.
    init(_ json: JSONValue?, default: PayloadSelection) throws(QdrantFailure) {
        switch json {
        case nil, .null: self = `default`
        case .bool(let isWanted): self = isWanted ? .all : .none
        case .array(let keys): self = .including(keys.compactMap(\.string))
        case .object(let object):
            if let keys = object["include"]?.array {
                self = .including(keys.compactMap(\.string))
            } else if let keys = object["exclude"]?.array {
                self = .excluding(keys.compactMap(\.string))
            } else {
                throw .format("data did not match any variant of untagged enum WithPayloadInterface")
            }
        default: throw .format("data did not match any variant of untagged enum WithPayloadInterface")
        }
    }

    /// Appends `,"payload":{...}`, or nothing when no payload is wanted.
    /// - Parameter payload: JSON text; empty for none.
    func write(_ payload: [UInt8], to writer: inout JSONWriter) {
        guard self != .none else { return }
        writer.raw(",\"payload\":")
        guard !payload.isEmpty else { return writer.raw("{}") }
        switch self {
        case .none: break
        case .all: writer.raw(payload)
        case .including(let keys) where !keys.contains(where: { $0.contains(".") }):
            writeMembers(of: payload, to: &writer) { keys.contains($0) }
        case .excluding(let keys) where !keys.contains(where: { $0.contains(".") }):
            writeMembers(of: payload, to: &writer) { !keys.contains($0) }
        case .including(let keys):
            var selected = JSONObject()
            let whole = PayloadText.object(payload)
            for key in keys {
                if let value = PayloadPath(key).value(in: whole) { PayloadPath(key).set(value, in: &selected) }
            }
            writer.value(.object(selected))
        case .excluding(let keys):
            var remaining = PayloadText.object(payload)
            for key in keys { PayloadPath(key).remove(from: &remaining) }
            writer.value(.object(remaining))
        }
    }

    /// Copies the wanted members as they are written.
    private func writeMembers(of payload: [UInt8], to writer: inout JSONWriter, where isWanted: (String) -> Bool) {
        var isFirst = true
        writer.raw("{")
        PayloadText.forEachMember(of: payload) { key, value in
            guard isWanted(key) else { return }
            if !isFirst { writer.raw(",") }
            isFirst = false
            writer.string(key)
            writer.raw(":")
            writer.raw(value)
        }
        writer.raw("}")
    }
}
