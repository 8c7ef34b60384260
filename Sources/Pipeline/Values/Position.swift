/// A place in a source, opaque to all but the source that made it: a key for a scan, offsets for events.
public struct Position: Hashable, Sendable, CustomStringConvertible {
    /// What the source wrote; it stands in journals, so each source has to understand what earlier ones wrote.
    public let token: String

    public init(_ token: String) {
        self.token = token
    }

    public var description: String { token }
}
