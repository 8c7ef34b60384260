/// What changed between two reports: servers, settings and stages are matched by their names.
public struct BenchComparison: Sendable {
    let old: BenchReport
    let new: BenchReport

    public init(old: BenchReport, new: BenchReport) {
        self.old = old
        self.new = new
    }

    /// Whether a sync got slower: what the embedding servers reach together, each at its best setting, or a stage that
    /// both reports have. It counts as worse where the change as estimated is past the limit *and* the interval of the change
    /// does not contain zero. That the whole interval is past the limit is not asked for: a change of just over the limit would
    /// then pass however well it was measured. What was measured only once is never worse, except that what answered no more
    /// at all always is.
    public func isWorse(thanPercent limit: Double) -> Bool {
        decisive.contains { $0.change?.isWorse(thanPercent: limit) ?? false }
    }

    /// One thing on both sides; nil on the side that does not have it.
    struct Item: Sendable {
        let name: String
        let unit: String
        let old: Estimate?
        let new: Estimate?
        /// False where the two sides were measured at different settings.
        var isComparable = true

        var isOnBothSides: Bool { old != nil && new != nil }

        var change: Change? {
            guard isComparable, let old, let new else { return nil }
            return Change(from: old, to: new)
        }
    }

    /// What `isWorse` looks at.
    var decisive: [Item] { [total] + stages }

    /// Of the servers that both reports have; of all where they have none in common, such as after a change of address. Each
    /// at its best of the settings that both have measured.
    var total: Item {
        let (matches, name, unit) = (matches, "all servers", "texts/s")
        guard !matches.isEmpty else {
            return Item(name: name, unit: unit, old: Self.rate(old.servers), new: Self.rate(new.servers))
        }
        let isMeasured = matches.allSatisfy(\.isMeasured)
        let comparable = matches.filter { !$0.settings.isEmpty }
        guard isMeasured, !comparable.isEmpty else {
            return Item(
                name: name,
                unit: unit,
                old: Self.rate(matches.flatMap(\.old)),
                new: Self.rate(matches.flatMap(\.new)),
                isComparable: !isMeasured
            )
        }
        return Item(
            name: name,
            unit: unit,
            old: Self.rate(comparable.flatMap { $0.comparable($0.old) }),
            new: Self.rate(comparable.flatMap { $0.comparable($0.new) })
        )
    }

    private static func rate(_ servers: [ServerReport]) -> Estimate? {
        let rates = servers.compactMap(\.reached)
        // Without one of them the sum says nothing.
        return rates.isEmpty || rates.count < servers.count ? nil : .sum(rates)
    }

    var stages: [Item] {
        let hasCommonBest = matches.allSatisfy(\.hasCommonBest)
        return StageReport.Name.allCases.compactMap { name in
            let sides = (old.stage(name)?.measured, new.stage(name)?.measured)
            guard sides.0 != nil || sides.1 != nil else { return nil }
            return Item(
                name: Wording.stage(name),
                unit: "rows/s",
                old: sides.0,
                new: sides.1,
                // The others have the same settings whatever was tried at the servers.
                isComparable: name != .embedder || hasCommonBest
            )
        }
    }

    /// Each setting that was tried at a server, on either side.
    func changes(of name: String) -> [ServerReport.Setting: Item] {
        let sides = [old, new].map { report in server(name, in: report).map(SettingGrid.init) }
        let settings = Set(sides.flatMap { $0?.ordered.map(\.setting) ?? [] })
        return Dictionary(
            uniqueKeysWithValues: settings.map { setting in
                let rates = sides.map { $0?[texts: setting.texts, inFlight: setting.inFlight]?.textsPerSecond }
                return (
                    setting, Item(name: Wording.shortSetting(setting), unit: "texts/s", old: rates[0], new: rates[1])
                )
            }
        )
    }

    /// By request size, and then by requests in flight.
    func cells(of name: String) -> [Item] {
        changes(of: name).sorted { ($0.key.texts, $0.key.inFlight) < ($1.key.texts, $1.key.inFlight) }.map(\.value)
    }

    /// In the order of the new report; those that are gone come last.
    var names: [String] {
        let present = new.servers.map(\.name)
        return present + old.servers.map(\.name).filter { !present.contains($0) }
    }

    func server(_ name: String, in report: BenchReport) -> ServerReport? {
        report.servers.first { $0.name == name }
    }
}

extension ServerReport {
    /// Its rate at its best; none where every setting failed, and nil where no setting was tried.
    fileprivate var reached: Estimate? {
        if let cell = bestCell { return cell.textsPerSecond }
        return cells.isEmpty ? nil : Estimate(mean: 0, low: 0, high: 0, samples: 0)
    }
}
