/// One way to misbehave: towards which requests, how, and how often.
public struct FaultRule: Sendable, Equatable {
    /// Which requests a rule is for.
    public enum Target: Sendable, Equatable {
        /// Requests for embeddings, on any of the three routes.
        case embed
        /// `PUT /collections/{collection}/points`.
        case upsert
        /// `GET /collections/{collection}`.
        case collection
        /// Requests whose path begins so; `/` is all of them, a whole outage together with ``FaultKind/reset``.
        case path(String)
    }

    /// When a rule that is for a request takes effect.
    public enum Occurrence: Sendable, Equatable {
        case always
        /// The first so many requests it is for.
        case first(Int)
        /// This share of the requests, 0...1, drawn with the plan's seed.
        case share(Double)
    }

    public var target: Target
    /// Only for requests that contain this: in one of the texts to embed, elsewhere in the body as it was sent.
    /// Faults of single embeddings then strike the embeddings of such texts alone.
    public var match: String?
    public var kind: FaultKind
    public var when: Occurrence

    public init(_ target: Target, match: String? = nil, _ kind: FaultKind, when: Occurrence = .always) {
        self.target = target
        self.match = match
        self.kind = kind
        self.when = when
    }
}

/// How to misbehave.
///
/// Latencies of several rules add up; of the other kinds the first rule that takes effect decides.
public enum FaultKind: Sendable, Equatable {
    /// Answers with this status instead of serving; without a body, with an error as the server words it.
    case status(Int, body: String? = nil, headers: [String: String] = [:])
    /// Answers with this status and an error that quotes the request's headers, as some proxies do.
    case echo(Int)
    /// Waits before anything else.
    case latency(Duration)
    /// Closes the connection without an answer.
    case reset
    /// Announces the whole body, sends half of it and closes the connection.
    case cutBody
    /// Sends the body in pieces of `chunkBytes` with a delay after each.
    case slowBody(chunkBytes: Int, delay: Duration)
    /// Sends white space before the answer, so that the body has this many bytes.
    case hugeBody(Int)
    /// Sends white space instead of the answer, without end: pieces of `chunkBytes` with a delay after each.
    case endlessBody(chunkBytes: Int, delay: Duration)
    /// Embeddings have this many components.
    case wrongDimension(Int)
    /// The answer has so many more embeddings than texts; fewer when negative.
    case wrongCount(Int)
    /// An embedding is not a number: the server fails to encode it and answers 500.
    case nan
    /// An embedding's first component is `null`.
    case nullComponent
    /// An embedding is all zeros.
    case zeroVector
    /// A write is reported as `wait_timeout`, with HTTP status 200.
    case waitTimeout
    /// A collection says that so many changes wait to be made; from version 1.17 on.
    case updateQueue(Int)
    /// A collection says that this is its status; `red` comes with an error of the optimizer.
    case collectionStatus(String)

    /// Whether the service commits it while it writes the answer's content.
    var isOfContent: Bool {
        switch self {
        case .wrongDimension, .wrongCount, .nan, .nullComponent, .zeroVector, .waitTimeout, .updateQueue,
            .collectionStatus:
            true
        case .status, .echo, .latency, .reset, .cutBody, .slowBody, .hugeBody, .endlessBody: false
        }
    }
}

/// A fault in an answer's content, as the service gets it.
struct ContentFault: Sendable {
    let kind: FaultKind
    let match: [UInt8]?

    /// Whether the fault strikes what belongs to this text.
    func strikes(_ text: [UInt8]) -> Bool {
        match.map { ByteSearch.contains($0, in: text) } ?? true
    }
}
