internal import Pipeline
internal import Postgres

/// Makes what a run reads from.
struct SyncFeeds {
    let configuration: Configuration
    let snapshotWindow: Duration
    let clock: RunClock
    /// Once it is known what is there.
    var inspection: SourceInspection?

    /// Of a run in this mode.
    ///
    /// - Parameter comparesValues: whether an incremental run compares whole rows.
    func feeds(_ mode: SyncMode, comparesValues: Bool, donor: (any PointReader)? = nil) -> RunFeeds {
        let readsRows = mode == .full || comparesValues
        return RunFeeds(
            main: source(readsRows ? .rows : .digests),
            digests: source(.digests),
            lookup: lookup(),
            donor: donor
        )
    }

    func source(_ content: Content) -> PostgresRowSource {
        PostgresRowSource(
            settings: configuration.database,
            query: configuration.query,
            snapshotWindow: snapshotWindow,
            clock: clock,
            reading: content,
            inspected: inspection
        )
    }

    func lookup() -> PostgresRowLookup {
        PostgresRowLookup(settings: configuration.database, query: configuration.query, clock: clock)
    }
}
