extension BenchComparison {
    /// A server on both sides; or all of them on both sides, where none has the same name.
    struct Match: Sendable {
        /// Nil for all of them.
        let name: String?
        let old: [ServerReport]
        let new: [ServerReport]
        /// What was measured at every one of them. Other settings say nothing of a change: only one side has tried them.
        let settings: Set<ServerReport.Setting>

        init(name: String?, old: [ServerReport], new: [ServerReport]) {
            self.name = name
            self.old = old
            self.new = new
            let all = (old + new).map(\.settings)
            settings = all.dropFirst().reduce(all.first ?? []) { $0.intersection($1) }
        }

        /// Whether anything was tried at each of them.
        var isMeasured: Bool { (old + new).allSatisfy { !$0.cells.isEmpty } }

        /// Whether each of them was measured at the same settings.
        var isWhole: Bool { (old + new).allSatisfy { $0.settings == settings } }

        /// Whether what each of them is best at was tried at all of them.
        var hasCommonBest: Bool {
            (old + new).compactMap(\.bestCell?.setting).allSatisfy(settings.contains)
        }

        /// Of one of the sides, as far as it can be compared.
        func comparable(_ servers: [ServerReport]) -> [ServerReport] {
            servers.map { server in
                var server = server
                server.cells.removeAll { !settings.contains($0.setting) }
                return server
            }
        }

        /// Why not all of it is compared; nil where all is.
        var warning: String? {
            guard isMeasured, !isWhole else { return nil }
            let who = name ?? "the embedding servers"
            guard !settings.isEmpty else {
                return "Not comparable: no setting of \(who) was measured then and now."
            }
            let counts = [old, new].map { Figures.count(Set($0.flatMap(\.settings)).count) }
            return
                "Other settings: \(who) can be compared by \(Figures.count(settings.count)), of \(counts[0]) that were "
                + "measured then and \(counts[1]) now."
        }
    }

    var matches: [Match] {
        let both = new.servers.compactMap { server in
            self.server(server.name, in: old).map { Match(name: server.name, old: [$0], new: [server]) }
        }
        guard both.isEmpty, !old.servers.isEmpty, !new.servers.isEmpty else { return both }
        return [Match(name: nil, old: old.servers, new: new.servers)]
    }

    /// Why nobody can tell whether a sync got slower; nil where it can be told.
    public var undecided: String? {
        if !total.isComparable { return "no setting of the embedding servers was measured in both reports" }
        let changes = decisive.compactMap(\.change)
        if changes.isEmpty { return "nothing was measured in both reports" }
        return changes.allSatisfy { $0.verdict == .unknown }
            ? "too little was measured to tell a change from chance" : nil
    }
}

extension ServerReport {
    fileprivate var settings: Set<Setting> { Set(cells.map(\.setting)) }
}
