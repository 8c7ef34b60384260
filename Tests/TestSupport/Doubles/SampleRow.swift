package import Pipeline

extension Row {
    /// The row with this number of a sample table: the key, the text and the payload all tell it.
    package static func sample(_ number: Int) -> Row {
        sample(number, text: "text of row \(number)")
    }

    /// - Parameter payload: tells the number when it is nil.
    package static func sample(_ number: Int, text: String, payload: String? = nil) -> Row {
        let payload = Array((payload ?? #"{"number":\#(number)}"#).utf8)[...]
        let text = Array(text.utf8)[...]
        return Row(
            key: .integer(UInt64(number)),
            text: text,
            payload: payload,
            textHash: hash(text),
            payloadHash: hash(payload)
        )
    }

    /// 64 hexadecimal digits that tell the bytes apart.
    private static func hash(_ bytes: Bytes) -> Bytes {
        let digits = String(bytes.fingerprint, radix: 16)
        return Array((String(repeating: "0", count: 64 - digits.count) + digits).utf8)[...]
    }
}

extension PipelineError {
    /// A server that cannot answer just now.
    package static func unavailable(retryAfter: Duration? = nil) -> PipelineError {
        PipelineError(.server(retryAfter: retryAfter), "connection refused")
    }

    /// A set-up that a person has to mend.
    package static let misconfigured = PipelineError(.setup, "no such model", remedy: "pull it")
}

extension Bytes {
    /// 64 bits that tell texts apart (FNV-1a).
    package var fingerprint: UInt64 {
        reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    package var string: String { String(decoding: self, as: UTF8.self) }
}
