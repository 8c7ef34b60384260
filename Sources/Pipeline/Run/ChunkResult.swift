/// What became of a chunk.
struct ChunkResult: Sendable {
    var tally: Tally
    var rejections: [Rejection]
    /// Keys of rows whose text was cut.
    var truncated: [RowKey] = []
}
