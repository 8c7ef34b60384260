/// The version of a Qdrant server, as far as anything depends on it: without the patch level.
public struct QdrantVersion: Sendable, Comparable, CustomStringConvertible {
    public let major: Int
    public let minor: Int

    /// The query API, which `search` uses, is there from here on.
    public static let oldest = QdrantVersion(major: 1, minor: 10)
    /// A collection has metadata of its own from here on.
    static let metadata = QdrantVersion(major: 1, minor: 16)

    /// Whether a collection can remember what made its vectors.
    public var keepsMetadata: Bool { self >= .metadata }

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `1.16.3` or `1.17.0-dev`.
    init?(_ text: String) {
        let parts = text.split(separator: ".").prefix(2).map { Int($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
        self.init(major: major, minor: minor)
    }

    public var description: String { "\(major).\(minor)" }

    public static func < (left: QdrantVersion, right: QdrantVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
