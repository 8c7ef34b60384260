internal import Pipeline

/// What the database itself can tell to be wrong with a row.
enum RowFlaw: String {
    /// The payload has a member that is written beside it: the query is at fault.
    case reservedMember = "reserved"
    case textIsNull = "null"
    /// The payload is NULL or no JSON object.
    case payloadIsNoObject = "shape"
    case textIsBlank = "blank"

    /// Members of a point's payload that do not come from the query's payload.
    static let reservedMembers = ["text", "sync_timestamp", "_sync"]

    /// The row's rejection.
    ///
    /// - Throws: `.setup` when the row shows that the query itself is at fault.
    func rejection(ofKey key: String) throws(PipelineError) -> Rejection {
        switch self {
        case .reservedMember:
            throw PipelineError(
                .setup,
                "the payload of row \(key) has a member that is written beside it",
                remedy: "rename \(Self.reservedMembers.joined(separator: ", ")) in the query's payload"
            )
        case .textIsNull: Rejection(key: key, reason: "the text is NULL")
        case .payloadIsNoObject: Rejection(key: key, reason: "the payload is not a JSON object")
        case .textIsBlank: Rejection(key: key, reason: "the text is blank")
        }
    }

    /// The SQL that yields a row's flaw, or NULL.
    ///
    /// White space is looked for among bytes, from both ends: the functions for texts take apart all characters first.
    static func expression(text: String, payload: String) -> String {
        let reserved = reservedMembers.map { "'\($0)'" }.joined(separator: ",")
        return """
            CASE WHEN jsonb_typeof(\(payload)) = 'object' THEN
                 CASE WHEN \(payload) ?| ARRAY[\(reserved)] THEN '\(reservedMember.rawValue)'
                      WHEN \(text) IS NULL THEN '\(textIsNull.rawValue)'
                      WHEN btrim(textsend(\(text)), decode('20090a0b0c0d', 'hex')) = '' THEN '\(textIsBlank.rawValue)' END
                 WHEN \(text) IS NULL THEN '\(textIsNull.rawValue)'
                 ELSE '\(payloadIsNoObject.rawValue)' END
            """
    }
}
