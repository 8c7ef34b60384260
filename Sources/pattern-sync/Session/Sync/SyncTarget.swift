internal import Pipeline
internal import Postgres
internal import Qdrant

extension SourceQuery {
    /// What the points of the sync are filtered by: of an own query nothing is known.
    var payloadIndexes: [PayloadIndex] {
        guard definition == .codePatterns else { return [] }
        return [
            PayloadIndex("language", .keyword), PayloadIndex("pattern_name", .keyword),
            PayloadIndex("pattern_type", .keyword), PayloadIndex("created_at", .datetime),
        ]
    }

    /// What the ids of the points are made of.
    var keyKind: PointKeyKind {
        switch key {
        case .uuid: .uuid
        case .bigint: .integer
        case .text: .text
        }
    }
}
