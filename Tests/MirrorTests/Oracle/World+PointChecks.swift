import Foundation
import Pipeline

extension World {
    /// What is wrong with a point that was just written for a row; nil when nothing is.
    ///
    /// - Parameter old: whose vector it kept; nil where the text was embedded.
    func flaw(
        _ point: MirrorPoint,
        of row: TableRow,
        _ fingerprint: String?,
        vectorOf old: MirrorPoint? = nil
    ) async throws -> String? {
        var mark: [String: Any] = [
            "source": Self.source, "text_hash": row.textHash, "payload_hash": row.payloadHash, "hash_version": 1,
            "embedder": fingerprint ?? "none",
        ]
        if key == .text { mark["key"] = row.key }
        if !JSON.areEqual(point.values, row.values) { return "values are \(point.values), not \(row.values)" }
        if !JSON.areEqual(point.mark ?? [:], mark) { return "mark is \(point.mark ?? [:]), not \(mark)" }
        guard let time = point.payload["sync_timestamp"] as? String, time.hasSuffix("Z") else { return "no timestamp" }
        let vector = if let old { old.vector } else { try await self.vector(of: row.text) }
        return Self.areEqual(point.vector, vector) ? nil : "vector is not that of '\(row.text)'"
    }

    /// Compares all points after a sync that carried everything over with what was foretold.
    func expect(
        _ forecast: Forecast,
        from before: Holdings.Holding?,
        to after: Holdings.Holding,
        prunes: Bool
    ) async throws {
        var left = after.points
        for (row, task) in forecast.tasks {
            let old = before?.points[row.id]
            let new = left.removeValue(forKey: row.id)
            switch task {
            case .reject, .nothing:
                if prunes, forecast.stale.contains(row.id) { continue }
                guard old?.printed == new?.printed else {
                    throw Failure("\(row.key) (\(task)) changed: \(new?.printed ?? "gone")")
                }
            case .insert, .embed, .payload, .adopt:
                guard let new else { throw Failure("\(row.key) (\(task)) has no point") }
                let keeps = task == .payload || task == .adopt ? old : nil
                if let flaw = try await flaw(new, of: row, after.fingerprint, vectorOf: keeps) {
                    throw Failure("\(row.key) (\(task)): \(flaw)")
                }
            }
        }
        let rows = Set(forecast.tasks.map(\.row.id))
        for (id, old) in before?.points ?? [:] where !rows.contains(id) {
            let new = left.removeValue(forKey: id)
            if prunes, forecast.stale.contains(id) {
                if new != nil { throw Failure("stale \(id) is still there") }
            } else if new?.printed != old.printed {
                throw Failure("\(id) is no row's and changed: \(new?.printed ?? "gone")")
            }
        }
        if let stray = left.first { throw Failure("\(stray.key) came from nowhere: \(stray.value.printed)") }
    }

    /// Checks what holds whatever became of a run: what changed is what its row says, and nothing is lost.
    ///
    /// - Parameter isComplete: whether each row has to have its point.
    func expectNoHarm(
        _ rows: [TableRow],
        _ forecast: Forecast,
        from before: Holdings.Holding?,
        to after: Holdings.Holding?,
        prunes: Bool,
        isComplete: Bool
    ) async throws {
        let byID = Dictionary(rows.map { ($0.id, $0) }) { $1 }
        var new = after?.points ?? [:]
        for (id, old) in before?.points ?? [:] {
            guard let point = new.removeValue(forKey: id) else {
                if prunes, forecast.stale.contains(id) { continue }
                throw Failure("\(id) was lost")
            }
            if point.printed == old.printed { continue }
            guard let row = byID[id], row.isSyncable else { throw Failure("\(id) is no row's and changed") }
            guard let flaw = try await flaw(point, of: row, after?.fingerprint) else { continue }
            guard old.text == row.text || old.mark?["text_hash"] as? String == row.textHash,
                try await self.flaw(point, of: row, after?.fingerprint, vectorOf: old) == nil
            else { throw Failure("\(row.key) was changed: \(flaw)") }
        }
        for (id, point) in new {
            guard let row = byID[id], row.isSyncable else { throw Failure("\(id) came from nowhere") }
            if let flaw = try await flaw(point, of: row, after?.fingerprint) { throw Failure("\(row.key): \(flaw)") }
        }
        guard isComplete, let after else { return }
        // Hashes: values that were edited below the mark of an interrupted run may stay.
        let again = self.forecast(SyncKind(mode: .incremental), after, rows)
        for (row, task) in again.tasks where task != .nothing && task != .reject {
            throw Failure("\(row.key) is not carried over (\(task))")
        }
        if prunes, !again.stale.isEmpty { throw Failure("stale points are still there: \(again.stale)") }
    }
}
