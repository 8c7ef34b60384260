/// What a benchmark measured: what `bench --json` prints and `bench --compare` reads.
///
/// As JSON its members are in snake case. A reader ignores members that it does not know; what changes the meaning of one
/// that is there raises `format`.
public struct BenchReport: Codable, Sendable, Equatable {
    public static let currentFormat = 1

    public var format = Self.currentFormat
    public var status: Status
    /// ISO 8601, UTC.
    public var startedAt: String
    public var durationSeconds: Double
    /// Of pattern-sync.
    public var version: String
    public var machine: Machine
    public var model: Model
    /// What was embedded.
    public var texts: TextSample
    /// In the order of the configuration.
    public var servers: [ServerReport]
    /// Servers of the configuration that were not up; nil where all were.
    public var leftOut: [LeftOut]?
    /// Each stage alone, and all together, as far as they were measured.
    public var stages: [StageReport]
    /// The stage that bounds the others; nil where too little was measured to tell.
    public var bottleneck: StageReport.Name?
    public var recommendation: Recommendation?

    public init(
        status: Status,
        startedAt: String,
        durationSeconds: Double,
        version: String,
        machine: Machine,
        model: Model,
        texts: TextSample,
        servers: [ServerReport] = [],
        leftOut: [LeftOut]? = nil,
        stages: [StageReport] = [],
        bottleneck: StageReport.Name? = nil,
        recommendation: Recommendation? = nil
    ) {
        self.status = status
        self.startedAt = startedAt
        self.durationSeconds = durationSeconds
        self.version = version
        self.machine = machine
        self.model = model
        self.texts = texts
        self.servers = servers
        self.leftOut = leftOut
        self.stages = stages
        self.bottleneck = bottleneck
        self.recommendation = recommendation
    }

    public enum Status: String, Codable, Sendable {
        case completed
        /// The operator stopped it: what is there was measured, and something is missing.
        case interrupted
    }

    /// Where the program ran: its servers may be elsewhere.
    public struct Machine: Codable, Sendable, Equatable {
        public var system: String
        public var processors: Int

        public init(system: String, processors: Int) {
            self.system = system
            self.processors = processors
        }
    }

    public struct Model: Codable, Sendable, Equatable {
        public var name: String
        public var provider: String
        public var digest: String?
        public var dimension: Int
        /// In tokens.
        public var contextLength: Int?

        public init(name: String, provider: String, digest: String?, dimension: Int, contextLength: Int?) {
            self.name = name
            self.provider = provider
            self.digest = digest
            self.dimension = dimension
            self.contextLength = contextLength
        }
    }

    /// A server that nothing was measured at.
    public struct LeftOut: Codable, Sendable, Equatable {
        /// Its address, without credentials.
        public var name: String
        /// In words.
        public var reason: String

        public init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// The texts that were embedded.
    public struct TextSample: Codable, Sendable, Equatable {
        public enum Origin: String, Codable, Sendable {
            /// Rows of the table.
            case table
            /// A set that the program brings along.
            case builtIn = "built_in"
        }

        public var origin: Origin
        public var count: Int
        public var meanBytes: Double
        public var p95Bytes: Int

        public init(origin: Origin, count: Int, meanBytes: Double, p95Bytes: Int) {
            self.origin = origin
            self.count = count
            self.meanBytes = meanBytes
            self.p95Bytes = p95Bytes
        }
    }

    /// Settings for a sync of this table with these servers.
    public struct Recommendation: Codable, Sendable, Equatable {
        /// Requests in flight at each server.
        public var concurrency: Int
        /// Texts a request.
        public var embedBatch: Int
        /// What to expect of them, over all servers.
        public var textsPerSecond: Double
        /// To copy: a whole command, without secrets.
        public var command: String
        /// Why, in a sentence.
        public var reason: String

        public init(concurrency: Int, embedBatch: Int, textsPerSecond: Double, command: String, reason: String) {
            self.concurrency = concurrency
            self.embedBatch = embedBatch
            self.textsPerSecond = textsPerSecond
            self.command = command
            self.reason = reason
        }
    }
}
