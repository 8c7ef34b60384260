/// What a comparison found out about one row or point.
public enum Finding: Sendable {
    /// A row, and in what its point differs from it, if it does.
    case row(RowKey, Difference?)
    /// A row that the source itself cannot accept.
    case rejected(Rejection)
    /// A point that has no row any more.
    case stale(PointReference)
}

/// What a comparison found out, in counts.
public struct ComparisonSummary: Sendable, Equatable {
    /// Rejected ones included.
    public var rowsRead = 0
    /// Rows without a point.
    public var missing = 0
    /// Rows whose point has the vector of another text, or of another embedder.
    public var textDiffers = 0
    /// Rows whose point differs in nothing but its payload.
    public var payloadDiffers = 0
    /// Rows whose point bears nobody's name, and would only have to get this sync's.
    public var unclaimed = 0
    /// Rows whose point is as it should be.
    public var unchanged = 0
    /// Rows that the source itself cannot accept.
    public var rejected = 0
    /// Points of this sync without a row.
    public var stale = 0
    /// Points of this sync, counted exactly.
    public var points = 0

    public init() {}

    /// Rows whose text would have to be embedded.
    public var toEmbed: Int { missing + textDiffers }
    /// Rows and points that are not as they should be.
    public var differences: Int { missing + textDiffers + payloadDiffers + unclaimed + stale }
}

/// Compares all rows with all points of a sync, and writes nothing.
public struct ComparisonRun: Sendable {
    private let source: any RowSource
    private let lookup: any RowLookup
    private let reader: (any PointReader)?
    private let options: RunOptions
    private let retrier: Retrier

    /// - Parameters:
    ///   - source: digests to compare by hashes, whole rows to compare value by value.
    ///   - reader: nil when there is no target yet.
    public init(
        source: any RowSource,
        lookup: any RowLookup,
        reader: (any PointReader)?,
        options: RunOptions,
        retrier: Retrier
    ) {
        self.source = source
        self.lookup = lookup
        self.reader = reader
        self.options = options
        self.retrier = retrier
    }

    /// Compares, and calls `each` with what is found: rows in the order of the source, then stale points.
    ///
    /// With a row limit points without a row are not looked for.
    public func run(each: (Finding) -> Void) async throws(PipelineError) -> ComparisonSummary {
        let summary: Result<ComparisonSummary, PipelineError>
        do throws(PipelineError) {
            summary = .success(try await compare(each))
        } catch {
            summary = .failure(error)
        }
        await source.close()
        await lookup.close()
        return try summary.get()
    }

    /// A chunk that was compared.
    private struct Compared: Sendable {
        var rows: [(key: RowKey, difference: Difference?)]
        var rejections: [Rejection]
        var rowCount: Int
        /// How many of the rows have a point that bears this sync's name.
        var owned: Int
    }

    private func compare(_ each: (Finding) -> Void) async throws(PipelineError) -> ComparisonSummary {
        let meter = BusyMeter(clock: retrier.clock)
        let comparer = Comparer(reader: reader, adopts: options.adopts, retrier: retrier, meter: meter)
        let loop = ChunkLoop(
            source: source,
            limits: options,
            rowLimit: options.limit,
            retrier: retrier,
            meter: meter
        )
        var summary = ComparisonSummary()
        var owned = 0
        let outcome = try await loop.run(
            after: nil,
            until: StopRequest(),
            process: { chunk, _ async throws(PipelineError) in
                let compared = try await comparer.compare(chunk)
                let keys = chunk.rows.map(\.key) + chunk.digests.map(\.key)
                return Compared(
                    rows: zip(keys, compared.differences).map { ($0, $1) },
                    rejections: chunk.rejections,
                    rowCount: chunk.rowCount,
                    owned: compared.points.values.count { $0.mark == .current || $0.mark == .outdated }
                )
            },
            finished: { finished throws(PipelineError) in
                retrier.observer.observe(.finished(.read(finished.result.rowCount)))
                owned += finished.result.owned
                for (_, chunk) in finished.released { summary.add(chunk.rows, chunk.rejections, each) }
            }
        )
        // Nobody but a cancelled task stops it.
        guard outcome.isComplete else { throw .cancelled }
        guard let reader, options.limit == nil else { return summary }
        summary.points = try await retrier.run(.sink) { () async throws(PipelineError) in try await reader.count() }
            .result
        guard summary.points != owned else { return summary }
        try await StaleSweep(reader: reader, lookup: lookup, retrier: retrier).each { points throws(PipelineError) in
            summary.stale += points.count
            for point in points { each(.stale(point)) }
        }
        return summary
    }
}

extension ComparisonSummary {
    fileprivate mutating func add(
        _ rows: [(key: RowKey, difference: Difference?)],
        _ rejections: [Rejection],
        _ each: (Finding) -> Void
    ) {
        for (key, difference) in rows {
            rowsRead += 1
            switch difference {
            case .missing: missing += 1
            case .text: textDiffers += 1
            case .payload: payloadDiffers += 1
            case .unclaimed: unclaimed += 1
            case nil: unchanged += 1
            }
            each(.row(key, difference))
        }
        for rejection in rejections {
            rowsRead += rejection.rowCount
            rejected += rejection.rowCount
            each(.rejected(rejection))
        }
    }
}

extension Tally {
    fileprivate static func read(_ rows: Int) -> Tally {
        var tally = Tally()
        tally.rowsRead = rows
        return tally
    }
}
