import Pipeline

@testable import pattern_sync

/// New generations of the collection, and going back to old ones.
extension World {
    func rebuild() async throws {
        let rows = try rows()
        let before = try await holdings()
        let replaces = before.alias == nil && before.live != nil
        let foreign: ExtraPointsPolicy? = chance(3) ? nil : chance(2) ? .copy : .drop
        var options = ["--rebuild"]
        if replaces, !chance(6) { options.append("--replace-collection") }
        if let foreign { options += ["--foreign", foreign.rawValue] }
        if chance(6) { options.append("--fresh") }
        let interruption = try await interruption()
        let all = options + randomSettings()
        log.append("\(all.joined(separator: " ")) \(interruption.map { "\($0)" } ?? "")")

        let others = strangers(in: before.live, rows)
        // A point does not tell whether it is in the place of a row's where keys are texts.
        let hasOthers = key == .text ? before.live?.hasOthers == true : !others.isEmpty
        let isRefused = (replaces && !options.contains("--replace-collection")) || (foreign == nil && hasOthers)
        let reusable = reusable(before, rows)
        let result = try await run(all, interruption)
        let after = try await holdings()
        let old = before.liveName
        let wasLive = onceLive
        note(after)
        guard case .success(.ran(let summary, _, _)) = result, summary.status.isFinal else {
            log.append("  ended: \(result)")
            if !isRefused, interruption == nil { throw Failure("the rebuild failed: \(result)") }
            guard after.liveName == old, after.live?.printed == before.live?.printed else {
                throw Failure("a rebuild that failed changed the live collection")
            }
            return
        }
        log.append("  live: \(after.liveName ?? "nothing") \(summary.tally)")
        if isRefused { throw Failure("not refused") }
        guard let live = after.live, let name = after.liveName, name != old else { throw Failure("no new collection") }
        // One that was filled by a rebuild that was interrupted may have become live now.
        if wasLive.contains(name) { throw Failure("\(name) was live before") }
        guard models[name] == model else { throw Failure("\(name) was begun with another model") }
        if let old, !replaces, after.all[old]?.printed != before.all[old]?.printed { throw Failure("\(old) changed") }
        try await expectGeneration(live, rows, others: foreign == .copy ? others : [:])
        if summary.attempt == 1, before.all[name] == nil {
            let carried = rows.count(where: \.isSyncable)
            try expect("embedded and reused", summary.tally.embedded + summary.tally.reused, carried)
            try expect("reused", summary.tally.reused, reusable)
        }
    }

    /// Points that are neither the sync's nor in the place of a row's.
    private func strangers(in live: Holdings.Holding?, _ rows: [TableRow]) -> [String: MirrorPoint] {
        let ids = Set(rows.map(\.id))
        return (live?.points ?? [:]).filter { $0.value.source != Self.source && !ids.contains($0.key) }
    }

    /// How many vectors of the live collection serve as they are.
    private func reusable(_ before: Holdings, _ rows: [TableRow]) -> Int {
        guard let name = before.liveName, models[name] == model else { return 0 }
        let kept = forecast(SyncKind(mode: .incremental), before.live, rows)
        return kept.count(.nothing, .payload)
    }

    private func expectGeneration(
        _ live: Holdings.Holding,
        _ rows: [TableRow],
        others: [String: MirrorPoint]
    ) async throws {
        if live.isBuilding { throw Failure("the new generation is not complete") }
        var left = live.points
        for row in rows where row.isSyncable {
            guard let point = left.removeValue(forKey: row.id) else { throw Failure("\(row.key) is missing") }
            if let flaw = try await flaw(point, of: row, live.fingerprint) { throw Failure("\(row.key): \(flaw)") }
        }
        for (id, other) in others {
            guard let point = left.removeValue(forKey: id), JSON.areEqual(point.payload, other.payload),
                World.areEqual(point.vector, other.vector)
            else { throw Failure("\(id) of others was not copied") }
        }
        if let stray = left.first { throw Failure("\(stray.value.printed) does not belong there") }
    }

    func changeGenerations() async throws {
        let before = try await holdings()
        let drops = chance(3)
        let complete = before.all.filter { name, holding in
            before.number(name) != nil && name != before.alias && !holding.isBuilding && holding.fingerprint != nil
        }
        let byAge = complete.keys.sorted { (before.number($0) ?? 0) < (before.number($1) ?? 0) }
        let live = before.alias.flatMap { before.number($0) } ?? .max
        let target = byAge.last { (before.number($0) ?? 0) < live }
        log.append(drops ? "drop generations" : "roll back to \(target ?? "nothing")")
        let result = try await generations(drops: drops)
        let after = try await holdings()
        if drops {
            guard case .success = result else { throw Failure("dropping failed: \(result)") }
            let kept = before.all.filter { $0.key == before.liveName }
            guard after.all.keys == kept.keys, after.live?.printed == before.live?.printed else {
                throw Failure("after dropping there is \(after.all.keys)")
            }
        } else if let target, before.all[collection] == nil {
            guard case .success = result, after.alias == target else {
                throw Failure("rolled back to \(after.alias ?? "nothing"), not \(target): \(result)")
            }
        } else {
            guard case .failure(let error) = result, error.kind == .setup, before.printed == after.printed else {
                throw Failure("not refused: \(result)")
            }
        }
        note(after)
    }

    func changeModel() {
        if model == Model() || chance(3) {
            set(Model(revision: number(0...1), vectorsVersion: number(0...1)))
        } else {
            set(Model())
        }
        log.append("model: \(model)")
    }
}
