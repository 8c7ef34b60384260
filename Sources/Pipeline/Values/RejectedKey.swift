/// The key of a rejected row as it is told to people; equal to the byte, as the keys of rows are.
public struct RejectedKey: Hashable, Sendable, ExpressibleByStringLiteral {
    private let bytes: [UInt8]

    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    public init(stringLiteral text: String) {
        self.init(text)
    }
}
