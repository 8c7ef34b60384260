/// What is found out about a query before its rows are read.
public struct SourceInspection: Sendable, Equatable {
    /// For instance "15.18".
    public var serverVersion: String
    /// The database's own name.
    public var database: String
    /// Tells this database from all others, also from one of the same name elsewhere.
    public var databaseIdentity: String
    /// The SQL that is run: what a run's fingerprint is taken of.
    public var sql: String
    /// How many rows there are; an estimate of the planner where counting takes too long.
    public var rows: Int
    /// Whether `rows` is the planner's estimate.
    public var rowsAreEstimated: Bool
    /// Whether an index yields the rows in key order. If not, one snapshot is held for the whole run, since each new one
    /// would sort all rows again.
    public var isInIndexOrder: Bool
}
