internal import Bench
internal import Pipeline
internal import Postgres

/// Rows around the built-in texts, for who has no table at hand.
enum BuiltInRows {
    /// - Parameter key: of which kind the keys of the collection's rows are.
    static func rows(_ count: Int, key: KeyType) -> [Row] {
        // Nobody compares them.
        let hash = Array(repeating: UInt8(ascii: "0"), count: 64)[...]
        return BuiltInTexts.texts(count).enumerated().map { number, text in
            let payload = [
                "pattern_name": "pattern \(number)", "language": "python",
                "code": String(decoding: text, as: UTF8.self),
            ]
            return Row(
                key: Self.key(number, key),
                text: text,
                // A dictionary of strings is always JSON.
                payload: Array(((try? JSONOutput.text(payload)) ?? "{}").utf8)[...],
                textHash: hash,
                payloadHash: hash
            )
        }
    }

    private static func key(_ number: Int, _ type: KeyType) -> RowKey {
        switch type {
        case .uuid: .uuid("00000000-0000-4000-8000-000000000000")
        case .bigint: .integer(UInt64(number))
        case .text: .text("\(number)")
        }
    }
}
