/// A place in a source, opaque to all but the source that made it: a key for a scan, offsets for events.
public struct Position: Hashable, Sendable, CustomStringConvertible {
    public let token: String

    public init(_ token: String) {
        self.token = token
    }

    public var description: String { token }
}
