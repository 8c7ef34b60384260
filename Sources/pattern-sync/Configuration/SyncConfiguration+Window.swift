internal import Pipeline

extension SyncConfiguration {
    /// What is found to be best for a server is seldom more than this.
    private static let usual = LimiterSetting(concurrency: 4, texts: 32)

    /// Texts that so many embedding servers have in flight together, at most, where nothing unusual is found to be best.
    func textsInFlight(servers: Int) -> Int {
        servers * (concurrency.number ?? Self.usual.concurrency) * (options.requestTexts.number ?? Self.usual.texts)
    }

    /// The bounds of a run with so many embedding servers: a window that holds what all servers have in flight twice over, and
    /// beside it as many chunks as may be stored at once, so that a slow target holds up nothing but itself.
    func options(servers: Int, chunkRows: Int? = nil) -> RunOptions {
        var options = options
        if let chunkRows { options.chunkRows = chunkRows }
        let chunks = (2 * textsInFlight(servers: servers) + options.chunkRows - 1) / options.chunkRows
        options.window = window ?? options.upserts + chunks
        return options
    }
}
