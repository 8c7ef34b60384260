internal import Pipeline
internal import Qdrant
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
            options.requestTexts = try Self.tuning(texts, atMost: 10_000)
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
        if let level = setting("concurrency", flags.concurrency) {
            concurrency = try Self.tuning(level, atMost: 256)
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
        deferIndexing = try setting("defer-indexing", flags.deferIndexing)?.choice(IndexDeferral.self) ?? .auto
        storage = try VectorStorage(
            datatype: setting("datatype", flags.datatype)?.datatype(),
            quantization: setting("quantization", flags.quantization)?.choice(VectorStorage.Quantization.self),
            isOnDisk: setting("vectors-on-disk", flags.vectorsOnDisk ? "true" : nil)?.boolean()
        )
        demandedStorage = VectorStorage(
            datatype: flags.datatype == nil ? nil : storage.datatype,
            quantization: flags.quantization == nil ? nil : storage.quantization,
            isOnDisk: flags.vectorsOnDisk ? true : nil
        )
        let extraPoints = try setting("foreign", flags.foreign)?.choice(ExtraPointsPolicy.self)
        // What a file says of ordinary syncs gives way to what the command line asks for.
        if try isOn("rebuild", flags.rebuild), flags.rebuild || !flags.retryRejected {
            let replaces = try isOn("replace-collection", flags.replaceCollection)
            rebuild = RebuildConfiguration(replacesCollection: replaces, extraPoints: extraPoints)
        }
    }

    private static func tuning(_ setting: Setting, atMost most: Int) throws(UsageError) -> Tuning {
        guard setting.text != "auto" else { return .automatic }
        guard let number = Int(setting.text), (1...most).contains(number) else {
            throw setting.wrong("auto or a whole number of at least 1 and at most \(most)")
        }
        return .fixed(number)
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
        try checkDeferral(flags)
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

    /// Indexing is put off by what fills a collection, and by nothing else.
    private func checkDeferral(_ flags: SyncOptions) throws(UsageError) {
        guard flags.deferIndexing != nil else { return }
        if rebuild != nil, deferIndexing == .off {
            throw UsageError("--defer-indexing off is given with --rebuild, which indexes what it has filled")
        }
        let others: [(String, Bool)] = [
            ("--incremental", mode == .incremental && !options.retriesRejected),
            ("--retry-rejected", options.retriesRejected), ("--limit", options.limit != nil), ("--dry-run", isDryRun),
        ]
        for (name, isGiven) in others where isGiven && deferIndexing == .on {
            throw UsageError("--defer-indexing on is given with \(name): only a full sync puts indexing off")
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

extension Setting {
    /// How the components of vectors are stored.
    fileprivate func datatype() throws(UsageError) -> VectorStorage.Datatype {
        if text == "uint8" {
            throw wrong(
                "float32 or float16: uint8 keeps whole numbers from 0 to 255, which the components of these vectors are "
                    + "not; --quantization int8 keeps a byte of each in memory"
            )
        }
        return try choice(VectorStorage.Datatype.self)
    }
}
