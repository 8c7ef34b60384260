/// The unit of everything: a few rows that are read, embedded, upserted, acknowledged and checkpointed as one.
public struct Chunk: Sendable {
    /// The rows to carry over, in the order of the source.
    public var rows: [Row]
    /// In place of rows, where the source is read for a comparison: what it takes to compare them.
    public var digests: [RowDigest]
    /// Rows that the source itself could not accept; they belong to this chunk as the others do.
    public var rejections: [Rejection]
    /// Where reading goes on when this chunk and all before it are done.
    public var end: Position
    /// Counts the snapshots of the source, from 1: chunks that bear the same number saw the same data.
    public var snapshot: Int

    public init(
        rows: [Row] = [],
        digests: [RowDigest] = [],
        rejections: [Rejection] = [],
        end: Position,
        snapshot: Int = 1
    ) {
        self.rows = rows
        self.digests = digests
        self.rejections = rejections
        self.end = end
        self.snapshot = snapshot
    }

    /// How many rows were read for it, rejected ones included.
    public var rowCount: Int {
        rejections.reduce(rows.count + digests.count) { $0 + $1.rowCount }
    }

    /// What it weighs in memory; the rows that its digests stand for not included.
    public var byteCount: Int {
        let weight = rows.reduce(0) { $0 + $1.byteCount }
        return digests.reduce(weight) { $0 + $1.textHash.count + $1.payloadHash.count }
    }
}

/// How large the next chunk may be.
public struct ChunkLimit: Sendable, Equatable {
    /// The most rows.
    public var rows: Int
    /// The most bytes of text and payload together; a single row that is larger makes a chunk of its own.
    public var bytes: Int

    public init(rows: Int, bytes: Int) {
        self.rows = rows
        self.bytes = bytes
    }
}
