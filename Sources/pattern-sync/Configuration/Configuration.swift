internal import CurlHTTP
internal import Embedding
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// Everything that a command needs to know, with types, checked, and defaults filled in.
struct Configuration {
    var database: ConnectionSettings
    var query: SourceQuery
    var embedding: EmbeddingConfiguration
    var qdrantURL: String
    var qdrantKey: String?
    var collection: CollectionName
    var http: HTTPClientConfiguration
    var journalDirectory: String
    /// How long to wait at the start for a server that is not up yet.
    var wait: Duration

    /// Names the sync's journal and lock. The name alone would do but for a second collection filled by the same query.
    var syncName: String {
        query.name == collection.description ? query.name : "\(query.name).\(collection)"
    }

    /// Names a rebuild's journal and lock: it runs beside the syncs that keep the old generation up to date.
    var rebuildName: String { syncName + ".rebuild" }
}

struct EmbeddingConfiguration {
    var urls: [String]
    var provider: EmbeddingProvider
    var model: String
    var apiKey: String?
}

/// Which prefix goes before each text.
enum PrefixPolicy: String, CaseIterable {
    case none
    /// What the model's makers prescribe.
    case model
}

/// The settings of one sync, beside the connections.
struct SyncConfiguration {
    var options: RunOptions
    /// Requests in flight at each embedding server.
    var concurrency = Tuning.automatic
    /// Chunks in flight; nil leaves it to the program.
    var window: Int?
    var prefix: PrefixPolicy
    var maxOutage: Duration
    var allowedRejections: Int
    var snapshotWindow: Duration
    var mode: SyncMode
    var isDryRun: Bool
    /// Whether a dry run lists what it found.
    var lists: Bool
    var beginsAnew: Bool
    /// Set for a rebuild.
    var rebuild: RebuildConfiguration?
    var deferIndexing: IndexDeferral
    /// How a collection that is made keeps its vectors.
    var storage: VectorStorage
    /// What of it the command line says.
    var demandedStorage: VectorStorage
    /// Where the report goes; `-` is standard output.
    var report: String?
}

struct RebuildConfiguration {
    /// Whether a collection that has the alias's name may be deleted for it.
    var replacesCollection: Bool
    /// What is done with points that are neither of this sync nor of a row; nil stops at them.
    var extraPoints: ExtraPointsPolicy?
}

/// What a rebuild does with points that are neither of this sync nor of a row.
enum ExtraPointsPolicy: String, CaseIterable {
    case copy
    case drop
}

enum LogFormat: String, CaseIterable {
    case text
    case json
}

struct LogConfiguration {
    var format: LogFormat
    var level: Logger.Level
    var showsProgress: Bool
}
