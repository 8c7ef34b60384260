import Pipeline
import TestSupport

extension EngineFixture {
    /// Where the sink is not what the table says now, in words.
    ///
    /// A row that a source cannot accept may keep the point that it had.
    var deviations: [String] {
        let table = source.table.content
        let content = sink.content
        var found: [String] = []
        for row in table.rows {
            guard let stored = content[row.key] else {
                found.append("row \(row.key) has no point")
                continue
            }
            found += stored.deviations(from: row).map { "the point of row \(row.key) \($0)" }
        }
        for (key, stored) in content where stored.bearsOwnName {
            guard case .integer(let number) = key, table.entry(Int(number)) != nil else {
                found.append("point \(key) has no row")
                continue
            }
        }
        return found + sink.strays.map { "point \($0) has no row" }
    }
}

extension InMemorySink.Stored {
    fileprivate func deviations(from row: Row) -> [String] {
        var found: [String] = []
        if mark != .current { found.append("is marked \(mark)") }
        if point.row.textHash != row.textHash || point.row.text != row.text { found.append("tells another text") }
        if point.row.payloadHash != row.payloadHash { found.append("tells another payload") }
        if point.row.payload != row.payload { found.append("has another payload than it tells") }
        let isOfText = point.vector.json == FakeEmbedder.vector(of: row.text).json
        if !isOfText, !point.isTruncated { found.append("has the vector of another text") }
        return found
    }
}
