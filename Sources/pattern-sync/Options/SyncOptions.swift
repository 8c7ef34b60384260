internal import ArgumentParser

/// The options of `sync`, as they were typed: what is not said here may be said in the configuration file.
struct SyncOptions: ParsableArguments {
    @Flag(help: "Compares rows with points, and carries over only what differs.")
    var incremental = false

    @Flag(help: "Compares values instead of hashes, and so finds points that were edited; with --incremental.")
    var deep = false

    @Flag(help: "Shows what would be done, and writes nothing.")
    var dryRun = false

    @Flag(help: "Lists what would be done to which id; with --dry-run.")
    var list = false

    @Flag(help: "Deletes points of this sync whose row is gone.")
    var prune = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Deletes at most so many points; with --prune.", valueName: "n")
    )
    var pruneLimit: String?

    @Flag(help: "Builds a new generation of the collection beside the old one, and switches over at the end.")
    var rebuild = false

    @Flag(help: "Lets --rebuild delete a collection that has the name which is to be an alias.")
    var replaceCollection = false

    @Option(
        help: ArgumentHelp("What --rebuild does with points of nobody or of others: copy or drop.", valueName: "what")
    )
    var foreign: String?

    @Flag(help: "Begins anew, whatever an interrupted run has done.")
    var fresh = false

    @Flag(help: "Syncs just the rows that earlier runs rejected, once their cause is mended; never resumed.")
    var retryRejected = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Syncs at most so many rows; never resumed.", valueName: "n"))
    var limit: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Requests in flight at each embedding server (auto).", valueName: "auto|n")
    )
    var concurrency: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Texts an embedding request (auto).", valueName: "auto|n"))
    var embedBatch: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Points an upsert (100).", valueName: "n"))
    var batchSize: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Chunks in flight (enough to keep all servers busy).", valueName: "n")
    )
    var window: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The longest outage of a server to wait out (10m).", valueName: "duration")
    )
    var maxOutage: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("More rejected rows end the run (1000).", valueName: "n"))
    var maxRejects: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("So many rejected rows are no failure (0).", valueName: "n"))
    var allowRejects: String?

    @Option(help: ArgumentHelp("A text too long for the model: truncate or reject.", valueName: "policy"))
    var overlong: String?

    @Option(
        help: ArgumentHelp("What goes before each text: none, or what the model prescribes.", valueName: "none|model")
    )
    var prefix: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The longest time to hold one snapshot of the table (60s).", valueName: "duration")
    )
    var snapshotWindow: String?

    @Option(
        help: ArgumentHelp(
            "Whether a full sync leaves vectors without an index until all are there (auto: a first load of many rows).",
            valueName: "auto|on|off"
        )
    )
    var deferIndexing: String?

    @Flag(help: "Keeps vectors on disk instead of in memory; for a new collection.")
    var vectorsOnDisk = false

    @Option(
        help: ArgumentHelp(
            "Quantization: int8 keeps a byte a component in memory too; for a new collection.",
            valueName: "none|int8"
        )
    )
    var quantization: String?

    @Option(
        help: ArgumentHelp("How components are stored; for a new collection (float32).", valueName: "float32|float16")
    )
    var datatype: String?

    @Flag(help: "Shows no progress.")
    var noProgress = false

    @Option(help: ArgumentHelp("Writes a report as JSON; '-' is standard output.", valueName: "file"))
    var report: String?
}
