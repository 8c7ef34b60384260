internal import Foundation
internal import Pipeline

/// A verdict for people.
enum VerdictText {
    static func text(_ verdict: Verdict) -> String {
        let found = verdict.found
        let rows: [(String, Int)] = [
            ("rows", found.rowsRead), ("points of this sync", found.points), ("rows without a point", found.missing),
            ("points of another text or model", found.textDiffers),
            ("points with another payload", found.payloadDiffers),
            ("points that nobody's name is on, of rows", found.unclaimed), ("points without a row", found.stale),
            ("rows that cannot be carried over", found.rejected), ("points of others", verdict.foreignPoints),
            ("points of nobody", verdict.unmarkedPoints),
        ]
        var lines = ["\(verdict.agrees ? "agrees" : "differs"): the table and \(verdict.collection)"]
        let width = rows.map { String($0.1).count }.max() ?? 1
        for (name, count) in rows {
            let number = String(count)
            lines.append("  " + String(repeating: " ", count: width - number.count) + number + "  " + name)
        }
        lines.append("  " + sample(verdict.sample))
        for named in verdict.listed { lines.append("  \(named.difference) \(named.id)") }
        let untold = found.differences - verdict.listed.count
        if untold > 0 { lines.append("  and \(untold) more") }
        return lines.map(\.printable).joined(separator: "\n") + "\n"
    }

    private static func sample(_ sample: Verdict.Sample) -> String {
        guard sample.size > 0 else { return "no row could be sampled" }
        let lowest = sample.lowestCosine.map { String(format: "%.4f", $0) } ?? "-"
        var text = "\(sample.size) rows embedded again: lowest cosine \(lowest)"
        if !sample.disagreeing.isEmpty {
            text += "; other vectors than stored for \(sample.disagreeing.joined(separator: ", "))"
        }
        if !sample.notNearest.isEmpty {
            text += "; not found as their own nearest neighbour: \(sample.notNearest.joined(separator: ", "))"
        }
        return text
    }
}

/// A verdict for machines: one JSON object.
struct VerdictReport: Encodable {
    let verdict: Verdict

    private enum Key: String, CodingKey {
        case status, collection, model, rows, points, missing, stale, unclaimed, rejected, sample, differences, repaired
        case text = "text_differs"
        case payload = "payload_differs"
        case foreign = "foreign_points"
        case unmarked = "unmarked_points"
        case duration = "duration_seconds"
    }

    private struct Sample: Encodable {
        let size: Int
        let lowest_cosine: Double?
        let disagreeing: [String]
        let not_nearest: [String]
    }

    private struct Named: Encodable {
        let id: String
        let difference: String
    }

    func encode(to encoder: any Encoder) throws {
        let found = verdict.found
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(verdict.agrees ? "agrees" : "differs", forKey: .status)
        try object.encode(verdict.collection, forKey: .collection)
        try object.encode(verdict.model, forKey: .model)
        try object.encode(found.rowsRead, forKey: .rows)
        try object.encode(found.points, forKey: .points)
        try object.encode(found.missing, forKey: .missing)
        try object.encode(found.textDiffers, forKey: .text)
        try object.encode(found.payloadDiffers, forKey: .payload)
        try object.encode(found.unclaimed, forKey: .unclaimed)
        try object.encode(found.stale, forKey: .stale)
        try object.encode(found.rejected, forKey: .rejected)
        try object.encode(verdict.foreignPoints, forKey: .foreign)
        try object.encode(verdict.unmarkedPoints, forKey: .unmarked)
        try object.encode(
            Sample(
                size: verdict.sample.size,
                lowest_cosine: verdict.sample.lowestCosine,
                disagreeing: verdict.sample.disagreeing,
                not_nearest: verdict.sample.notNearest
            ),
            forKey: .sample
        )
        try object.encode(verdict.listed.map { Named(id: $0.id, difference: $0.difference) }, forKey: .differences)
        try object.encode(verdict.isRepaired, forKey: .repaired)
        try object.encode(verdict.duration / .seconds(1), forKey: .duration)
    }

    func json() throws -> String {
        try JSONOutput.text(self, isPretty: true)
    }
}
