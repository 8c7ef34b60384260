/// What was measured at one embedding server.
public struct ServerReport: Codable, Sendable, Equatable {
    /// Its address, without credentials.
    public var name: String
    public var coldLoad: ColdLoad?
    /// Every setting that was tried, in the order of trying.
    public var cells: [Cell]
    /// Nil where too little was measured to tell.
    public var execution: Execution?
    /// The setting with the smallest requests among those that are as fast as the fastest, within their confidence.
    public var best: Setting?

    public init(
        name: String,
        coldLoad: ColdLoad? = nil,
        cells: [Cell] = [],
        execution: Execution? = nil,
        best: Setting? = nil
    ) {
        self.name = name
        self.coldLoad = coldLoad
        self.cells = cells
        self.execution = execution
        self.best = best
    }

    /// The first request.
    public struct ColdLoad: Codable, Sendable, Equatable {
        /// Whether the model had to be loaded for it; nil where the server does not tell.
        public var hadToLoad: Bool?
        /// From sending it to its answer.
        public var seconds: Double
        /// What the server says that loading took.
        public var loadSeconds: Double?

        public init(hadToLoad: Bool?, seconds: Double, loadSeconds: Double?) {
            self.hadToLoad = hadToLoad
            self.seconds = seconds
            self.loadSeconds = loadSeconds
        }
    }

    /// How a server works at several texts that it has at once.
    public enum Execution: String, Codable, Sendable {
        /// One text after another: more requests in flight, or more texts a request, only wait.
        case serial
        /// Several requests at a time.
        case parallel
        /// Texts of one request together, for less than one after another.
        case batching
    }

    public struct Setting: Codable, Sendable, Hashable {
        /// Texts a request.
        public var texts: Int
        /// Requests in flight.
        public var inFlight: Int

        public init(texts: Int, inFlight: Int) {
            self.texts = texts
            self.inFlight = inFlight
        }
    }

    /// One setting, measured.
    public struct Cell: Codable, Sendable, Equatable {
        public var setting: Setting
        public var textsPerSecond: Estimate
        /// Nil where the server does not count tokens.
        public var tokensPerSecond: Double?
        public var latency: Latency
        /// Requests that were answered and measured.
        public var requests: Int
        /// Requests that failed.
        public var errors: Int
        /// The first error, in words.
        public var firstError: String?
        public var seconds: Double
        public var ended: End
        /// True where so many texts a request are more than the server takes: larger requests were not tried either.
        public var refused: Bool?

        public init(
            setting: Setting,
            textsPerSecond: Estimate,
            tokensPerSecond: Double? = nil,
            latency: Latency,
            requests: Int,
            errors: Int = 0,
            firstError: String? = nil,
            seconds: Double,
            ended: End,
            refused: Bool? = nil
        ) {
            self.setting = setting
            self.textsPerSecond = textsPerSecond
            self.tokensPerSecond = tokensPerSecond
            self.latency = latency
            self.requests = requests
            self.errors = errors
            self.firstError = firstError
            self.seconds = seconds
            self.ended = ended
            self.refused = refused
        }

        /// Why measuring ended.
        public enum End: String, Codable, Sendable {
            /// The confidence interval was narrow enough.
            case confident
            case timeLimit = "time_limit"
            /// More requests failed than make sense to go on with.
            case errors
            case interrupted
        }
    }

    /// How long requests took, in milliseconds from sending to the whole answer.
    public struct Latency: Codable, Sendable, Equatable {
        public var p50: Double
        public var p95: Double
        public var p99: Double
        public var max: Double
        /// How many requests took how long: the upper ends rise, and each bucket begins where the last one ended.
        public var histogram: [Bucket]

        public init(p50: Double, p95: Double, p99: Double, max: Double, histogram: [Bucket]) {
            self.p50 = p50
            self.p95 = p95
            self.p99 = p99
            self.max = max
            self.histogram = histogram
        }

        public struct Bucket: Codable, Sendable, Equatable {
            /// The upper end, in milliseconds.
            public var upTo: Double
            public var count: Int

            public init(upTo: Double, count: Int) {
                self.upTo = upTo
                self.count = count
            }
        }
    }
}
