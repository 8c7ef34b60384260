/// Everything that can go wrong, sorted by whose fault it is. Adapters decide the kind; the engine acts on it.
public struct PipelineError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whose fault it is, and so what the engine does about it.
    public enum Kind: Sendable, Equatable {
        /// One row's data is at fault, or one of the rows of a request: it will fail each time.
        case row(RowFault)
        /// A server cannot answer just now: the same request may succeed later.
        case server(retryAfter: Duration?)
        /// The request asks for more at once than the server takes: a part of it may succeed.
        case tooMuch
        /// The set-up is at fault: nothing but a person can mend it.
        case setup
        /// A server's outage outlasted the patience of the run, which can be resumed.
        case outage
        /// Another run of the same sync is under way.
        case busy
        /// More rows were rejected than allowed.
        case tooManyRejections
        /// The task was cancelled.
        case cancelled
    }

    /// Why a row cannot be carried over.
    public enum RowFault: Sendable, Equatable {
        /// The source cannot produce it: an expression fails for it.
        case unreadable
        /// The text does not fit the model's context.
        case overlong
        /// The embedding server cannot make a usable vector of the text.
        case unembeddable
        /// The sink does not take the point.
        case unstorable
    }

    /// Whose fault it is.
    public var kind: Kind
    /// What failed, and while doing what: one line, without secrets.
    public var message: String
    /// What a person can do about it: one line.
    public var remedy: String?
    /// Whether the server failed because it has too much to do.
    public var isOverload = false

    public init(_ kind: Kind, _ message: String, remedy: String? = nil) {
        self.kind = kind
        self.message = message
        self.remedy = remedy
    }

    /// The end of a task that somebody cancelled, which is nobody's fault.
    public static let cancelled = PipelineError(.cancelled, "cancelled")

    /// Whether trying the same again later may help.
    public var isRetryable: Bool {
        if case .server = kind { true } else { false }
    }

    /// How long the server asks to be left alone.
    var retryAfter: Duration? {
        if case .server(let retryAfter) = kind { retryAfter } else { nil }
    }

    /// The fault of a row, if that is what this is.
    public var rowFault: RowFault? {
        if case .row(let fault) = kind { fault } else { nil }
    }

    public var description: String {
        guard let remedy else { return message }
        return "\(message) — \(remedy)"
    }

    /// Any error as one of ours; task groups forget the type of what they rethrow.
    static func wrapping(_ error: any Error) -> PipelineError {
        switch error {
        case let error as PipelineError: error
        case is CancellationError: .cancelled
        default: PipelineError(.setup, "unexpected error: \(error)")
        }
    }
}
