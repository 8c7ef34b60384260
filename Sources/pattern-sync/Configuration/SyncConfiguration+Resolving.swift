internal import Pipeline
internal import Settings

extension SyncConfiguration {
    init(_ settings: Settings, _ flags: SyncOptions) throws(UsageError) {
        func setting(_ name: String, _ text: String?) -> Setting? {
            settings.setting(
                ("--" + name, text),
                key: name.replacing("-", with: "_")
            )
        }
        func isOn(_ name: String, _ flag: Bool) throws(UsageError) -> Bool {
            try setting(name, flag ? "true" : nil)?.boolean() ?? false
        }
        options = RunOptions()
        if let texts = setting("embed-batch", flags.embedBatch) {
            options.requestTexts = try texts.integer(atLeast: 1, atMost: 10_000)
        }
        if let points = setting("batch-size", flags.batchSize) {
            options.chunkRows = try points.integer(atLeast: 1, atMost: 10_000)
        }
        if let overlong = setting("overlong", flags.overlong) {
            options.overlong = try overlong.choice(OverlongPolicy.self)
        }
        if let rejects = setting("max-rejects", flags.maxRejects) {
            options.maxRejections = try rejects.integer(atLeast: 0)
        }
        options.limit = try setting("limit", flags.limit)?.integer(atLeast: 1)
        if let level = setting("concurrency", flags.concurrency), level.text != "auto" {
            guard let number = Int(level.text), (1...256).contains(number) else {
                throw level.wrong("auto or a whole number of at least 1 and at most 256")
            }
            concurrency = number
        }
        window = try setting("window", flags.window)?.integer(atLeast: 1, atMost: 10_000)
        prefix = try setting("prefix", flags.prefix)?.choice(PrefixPolicy.self) ?? .none
        maxOutage = try setting("max-outage", flags.maxOutage)?.duration() ?? .seconds(600)
        allowedRejections = try setting("allow-rejects", flags.allowRejects)?.integer(atLeast: 0) ?? 0
        snapshotWindow = try setting("snapshot-window", flags.snapshotWindow)?.duration() ?? .seconds(60)
        isDryRun = try isOn("dry-run", flags.dryRun)
        beginsAnew = try isOn("fresh", flags.fresh)
        report = setting("report", flags.report)?.text
        options.retriesRejected = try isOn("retry-rejected", flags.retryRejected)
        let isIncremental = try isOn("incremental", flags.incremental) || options.retriesRejected
        mode = isIncremental ? .incremental : .full
        // A full sync compares nothing. Rows that are retried come whole, and may have been carried over meanwhile.
        options.comparesValues = try isOn("deep", flags.deep) && mode == .incremental || options.retriesRejected
        lists = try isOn("list", flags.list)
        let pruneLimit = try setting("prune-limit", flags.pruneLimit)?.integer(atLeast: 0)
        if try isOn("prune", flags.prune) { options.prune = PruneOptions(limit: pruneLimit) }
        let foreign = try setting("foreign", flags.foreign)?.choice(ForeignPolicy.self)
        // What a file says of ordinary syncs gives way to what the command line asks for.
        if try isOn("rebuild", flags.rebuild), flags.rebuild || !flags.retryRejected {
            let replaces = try isOn("replace-collection", flags.replaceCollection)
            rebuild = RebuildConfiguration(replacesCollection: replaces, foreign: foreign)
        }
    }

    /// Refuses options of `sync` that contradict each other. What only a file says of other syncs than this one may idle.
    func checkCombinations(_ flags: SyncOptions) throws(UsageError) {
        if options.prune == nil, let limit = flags.pruneLimit {
            throw UsageError("--prune-limit is '\(limit)' without --prune, expected both or none")
        }
        if options.prune != nil, let limit = options.limit {
            throw UsageError(
                "--prune is given with --limit \(limit): rows beyond the limit would be taken for deleted ones; "
                    + "expected one or the other"
            )
        }
        try checkRetry(flags)
        if flags.deep, mode == .full {
            throw UsageError("--deep is given without --incremental: a full sync writes every row and compares none")
        }
        if flags.list, !isDryRun { throw UsageError("--list is given without --dry-run, expected both or none") }
        if lists, isDryRun, report == "-" {
            throw UsageError("--list is given with --report -, expected one of them on standard output")
        }
        guard rebuild != nil else {
            if flags.replaceCollection {
                throw UsageError("--replace-collection is given without --rebuild, expected both or none")
            }
            if flags.foreign != nil { throw UsageError("--foreign is given without --rebuild, expected both or none") }
            return
        }
        if isDryRun {
            throw UsageError(
                "--rebuild is given with --dry-run, which tells what a sync would do; expected one of them"
            )
        }
        // What a file says of ordinary syncs gives way to a rebuild that the command line asks for.
        let others: [(String, Bool)] = [
            ("--incremental", flags.incremental || !flags.rebuild && mode == .incremental),
            ("--prune", flags.prune || !flags.rebuild && options.prune != nil), ("--limit", options.limit != nil),
        ]
        for (name, isGiven) in others where isGiven {
            throw UsageError("--rebuild is given with \(name): a new generation holds all rows and nothing else")
        }
    }

    /// A retry is about single rows, which nothing that is about all of them goes with.
    private func checkRetry(_ flags: SyncOptions) throws(UsageError) {
        guard options.retriesRejected else { return }
        let others: [(String, Bool)] = [
            ("--rebuild", rebuild != nil), ("--incremental", flags.incremental), ("--deep", flags.deep),
            ("--prune", flags.prune || !flags.retryRejected && options.prune != nil), ("--limit", options.limit != nil),
            ("--fresh", flags.fresh), ("--dry-run", isDryRun),
        ]
        for (name, isGiven) in others where isGiven {
            throw UsageError(
                "--retry-rejected is given with \(name): it looks at nothing but rows that were rejected before; expected "
                    + "one of them"
            )
        }
    }
}
