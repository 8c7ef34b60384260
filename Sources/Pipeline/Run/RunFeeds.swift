/// What a run reads: one engine, different feeds of changes.
public struct RunFeeds: Sendable {
    /// What is carried over: whole rows in a full run, digests in an incremental one.
    public var main: any RowSource
    /// Digests of all rows, for the comparison at the end.
    public var digests: any RowSource
    /// Answers for single rows.
    public var lookup: any RowLookup
    /// Where vectors of unchanged texts are taken over from.
    public var donor: (any PointReader)?

    public init(
        main: any RowSource,
        digests: any RowSource,
        lookup: any RowLookup,
        donor: (any PointReader)? = nil
    ) {
        self.main = main
        self.digests = digests
        self.lookup = lookup
        self.donor = donor
    }

    func close() async {
        await main.close()
        await digests.close()
        await lookup.close()
    }
}
