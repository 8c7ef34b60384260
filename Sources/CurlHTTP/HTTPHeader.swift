/// One field of a request. Order and repetition are kept.
public struct HTTPHeader: Hashable, Sendable {
    public var name: String
    /// May be a secret, so that it is never printed.
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension HTTPHeader: CustomStringConvertible {
    /// The name alone: values carry keys, and descriptions end up in logs.
    public var description: String { "\(name): ..." }
}
