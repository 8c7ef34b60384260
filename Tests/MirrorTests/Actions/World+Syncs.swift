import Pipeline

@testable import pattern_sync

/// The program's own actions, each held against what was foretold.
extension World {
    func sync() async throws {
        var options: [String] = []
        var kind = SyncKind()
        if chance(4) == false {
            kind.mode = .incremental
            options.append("--incremental")
            kind.isDeep = chance(3)
            if kind.isDeep { options.append("--deep") }
        }
        let prunes = chance(3)
        if prunes {
            options.append("--prune")
            if chance(2) { options += ["--prune-limit", "1000"] }
        } else if chance(8) {
            let limit = number(1...30)
            kind.limit = limit
            options += ["--limit", "\(limit)"]
        }
        let isFresh = chance(6)
        if isFresh { options.append("--fresh") }
        if chance(5) { return try await plan(kind, options + ["--dry-run"], prunes: prunes) }
        try await sync(kind, options, prunes: prunes, isFresh: isFresh, try await interruption())
    }

    func interruption() async throws -> Interruption? {
        guard interruptionRate > 0, chance(interruptionRate) else { return nil }
        guard chance(2), let row = try rows().randomElement(using: &random) else {
            return .stop(afterRequests: number(8...45))
        }
        let status = chance(2) ? 401 : 503
        return switch number(0...2) {
        case 0: row.text.isEmpty ? nil : .refusal(.embedding, text: row.text, status: status)
        case 1: .refusal(.upserts, text: row.id, status: status)
        default: .refusal(.qdrant, text: row.id, status: status)
        }
    }

    /// Whether the program has to refuse a sync, and why.
    func refusal(_ before: Holdings, of kind: SyncKind?, isFresh: Bool = false) -> String? {
        if let name = before.liveName, let filled = models[name], filled != model { return "another model" }
        if let kind, kind.mode == .full, kind.limit == nil, !isFresh, let begun = interruptedFull,
            begun.revision != model.revision
        {
            return "a full sync with another model is not complete"
        }
        return nil
    }

    private func sync(
        _ kind: SyncKind,
        _ options: [String],
        prunes: Bool,
        isFresh: Bool,
        _ interruption: Interruption?
    ) async throws {
        let rows = try rows()
        let before = try await holdings()
        let forecast = forecast(kind, before.live, rows)
        let expectedRefusal = refusal(before, of: kind, isFresh: isFresh)
        let all = options + randomSettings()
        log.append("sync \(all.joined(separator: " ")) \(interruption.map { "\($0)" } ?? "")")
        let result = try await run(all, interruption)
        let after = try await holdings()
        note(after)
        guard case .success(.ran(let summary, _, _)) = result else {
            guard case .failure(let error) = result else { throw Failure("no run") }
            log.append("  refused: \(error)")
            if expectedRefusal == nil, interruption == nil { throw Failure("refused: \(error)") }
            // The collection may have been made before the interruption.
            let isUntouched = before.printed == after.printed
            let holdsSame = before.live?.pointsPrinted ?? "" == after.live?.pointsPrinted ?? ""
            guard isUntouched || (interruption != nil && expectedRefusal == nil && holdsSame) else {
                throw Failure("refused and changed something")
            }
            return
        }
        log.append(
            "  \(summary.status) attempt \(summary.attempt) \(summary.tally) \(summary.error.map { "\($0)" } ?? "")"
        )
        if let expectedRefusal { throw Failure("not refused, though \(expectedRefusal)") }
        if kind.mode == .full, kind.limit == nil { interruptedFull = summary.status.isFinal ? nil : model }
        let own = (after.live?.points.values.count { $0.source == Self.source } ?? 0)
        let isBraked =
            prunes && !options.contains("--prune-limit") && forecast.stale.count > 10
            && forecast.stale.count * 10 > own
        let isFinal = summary.status.isFinal
        if !isFinal, interruption == nil, !isBraked { throw Failure("failed: \(summary.error.map { "\($0)" } ?? "")") }
        if isFinal, isBraked { throw Failure("deleted \(forecast.stale.count) points of \(own)") }
        try await expectNoHarm(
            rows,
            forecast,
            from: before.live,
            to: after.live,
            prunes: prunes,
            isComplete: isFinal && kind.limit == nil
        )
        guard isFinal, summary.attempt == 1 || kind.isDeep else { return }
        guard let live = after.live else { throw Failure("no collection") }
        if kind.limit == nil { try await expect(forecast, from: before.live, to: live, prunes: prunes) }
        try expect(summary.tally, forecast, kind, prunes: prunes)
        if interruption == nil { try expectEmbeds(forecast.sampled + forecast.count(.insert, .embed)) }
    }

    private func expect(_ tally: Tally, _ forecast: Forecast, _ kind: SyncKind, prunes: Bool) throws {
        let written = forecast.count(.insert, .embed)
        try expect("read", tally.rowsRead, forecast.tasks.count)
        try expect("embedded", tally.embedded, written)
        try expect("upserted", tally.upserted, written)
        try expect("new payloads", tally.payloadUpdated, forecast.count(.payload, .adopt))
        try expect("unchanged", tally.unchanged, forecast.count(.nothing))
        try expect("rejected", tally.rejected, forecast.count(.reject))
        try expect("stale", tally.stale, forecast.stale.count)
        try expect("deleted", tally.deleted, prunes ? forecast.stale.count : 0)
    }

    func expect(_ what: String, _ found: Int, _ expected: Int) throws {
        if found != expected { throw Failure("\(what): \(found), expected \(expected)") }
    }

    /// The canaries come on top of these.
    private func expectEmbeds(_ expected: Int) throws {
        try expect("texts embedded by the server", textsEmbedded - 3, expected)
    }

    private func plan(_ kind: SyncKind, _ options: [String], prunes: Bool) async throws {
        let rows = try rows()
        let before = try await holdings()
        var forecast = forecast(kind, before.live, rows)
        let expectedRefusal = refusal(before, of: nil)
        let all = options + randomSettings()
        log.append("plan \(all.joined(separator: " "))")
        let result = try await run(all)
        let after = try await holdings()
        guard before.printed == after.printed else { throw Failure("a dry run changed something") }
        switch result {
        case .failure(let error):
            if expectedRefusal == nil { throw Failure("refused: \(error)") }
        case .success(.planned(let plan, _, _)):
            if let expectedRefusal { throw Failure("not refused, though \(expectedRefusal)") }
            if before.live == nil { forecast.stale = [] }
            try expect("insert", plan.insert, forecast.count(.insert))
            try expect("update", plan.update, forecast.count(.embed))
            try expect("payload", plan.payloadUpdate, forecast.count(.payload, .adopt))
            try expect("unchanged", plan.unchanged, forecast.count(.nothing))
            try expect("delete", plan.delete, prunes ? forecast.stale.count : 0)
            try expect("rejected", plan.found.rejected, forecast.count(.reject))
            try expect("stale", plan.found.stale, forecast.stale.count)
        case .success: throw Failure("a dry run ran")
        }
    }

    func verify() async throws {
        let rows = try rows()
        let before = try await holdings()
        let forecast = forecast(SyncKind(mode: .incremental, isDeep: true), before.live, rows)
        let expectedRefusal = refusal(before, of: nil)
        log.append("verify")
        let result = try await verify(["--incremental", "--deep"] + randomSettings())
        let after = try await holdings()
        guard before.printed == after.printed else { throw Failure("verify changed something") }
        switch result {
        case .failure(let error):
            if expectedRefusal == nil { throw Failure("refused: \(error)") }
        case .success(let verdict):
            if let expectedRefusal { throw Failure("not refused, though \(expectedRefusal)") }
            let differences = forecast.count(.insert, .embed, .payload, .adopt) + forecast.stale.count
            try expect("differences", verdict.found.differences, differences)
            guard verdict.sample.agrees else { throw Failure("sample: \(verdict.sample)") }
            guard verdict.agrees == (differences == 0) else { throw Failure("the verdict is \(verdict.agrees)") }
        }
    }
}
