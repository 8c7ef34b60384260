/// The key of a rejected row as it is told to people; equal to the byte, as the keys of rows are.
public struct RejectedKey: Hashable, Comparable, Sendable, ExpressibleByStringLiteral {
    private let bytes: [UInt8]

    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// For people: the key as it was given.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public static func < (left: RejectedKey, right: RejectedKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
