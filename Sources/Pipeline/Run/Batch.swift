/// What came of a part of a chunk at one stage.
struct Batch: Sendable {
    var points: [Point] = []
    var rejections: [Rejection] = []
    /// Keys of rows whose text was cut.
    var truncated: [RowKey] = []
    var tally = Tally()

    static func += (whole: inout Batch, part: Batch) {
        whole.points += part.points
        whole.rejections += part.rejections
        whole.truncated += part.truncated
        whole.tally += part.tally
    }

    mutating func reject(_ row: Row, _ error: PipelineError) {
        rejections.append(Rejection(key: row.key.description, reason: error.message))
    }
}
