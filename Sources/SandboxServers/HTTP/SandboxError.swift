/// Why a sandbox server could not be started or serve.
public struct SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// Another program listens on the port already.
        case portInUse
        /// The socket could not be opened for another reason.
        case cannotListen
        /// The data directory cannot be used.
        case storage
        /// The fault plan is not one.
        case invalidFaultPlan
    }

    public let kind: Kind
    /// What failed, and what to do about it.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
