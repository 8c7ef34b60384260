extension BenchReport.Recommendation {
    /// The settings that all servers together are fastest with, since a sync has one setting for all of them; of those
    /// that are as fast, the smallest.
    ///
    /// - Parameters:
    ///   - measured: what all servers together reached, each at its best, where that was measured.
    ///   - stages: each alone, as far as they were measured.
    ///   - command: makes the command of its options.
    public init?(
        servers: [ServerReport],
        measured: Estimate?,
        stages: [StageReport],
        command: (_ concurrency: Int, _ embedBatch: Int) -> String
    ) {
        let able = servers.filter { $0.best != nil }
        guard let setting = Self.setting(for: able) else { return nil }
        let sum = able.reduce(0) { $0 + (Self.rate(of: $1, at: setting) ?? Self.rate(of: $1)) }
        let ceilings = stages.filter { $0.name == .source || $0.name == .sink }.map(\.rowsPerSecond.mean).filter {
            $0 > 0
        }
        let embedder = min(sum, measured.map { $0.mean > 0 ? $0.mean : sum } ?? sum)
        self.init(
            concurrency: setting.inFlight,
            embedBatch: setting.texts,
            textsPerSecond: min(embedder, ceilings.min() ?? embedder),
            command: command(setting.inFlight, setting.texts),
            reason: ([Self.reason(able, setting)] + able.compactMap(Self.doubt)).joined(separator: " ")
        )
    }

    /// That nothing better was found at the server than what cannot be relied on; nil where it can.
    private static func doubt(_ server: ServerReport) -> String? {
        server.cells.contains(where: \.isSound)
            ? nil : "Not to be relied on: at \(server.name) each setting had too few answers, or too many errors."
    }

    private static func setting(for servers: [ServerReport]) -> ServerReport.Setting? {
        guard let first = servers.first else { return nil }
        let common = ServerReport.choice(of: first.cells).map(\.setting).compactMap {
            setting -> (setting: ServerReport.Setting, rate: Double)? in
            let rates = servers.compactMap { rate(of: $0, at: setting) }
            return rates.count == servers.count ? (setting, rates.reduce(0, +)) : nil
        }
        guard servers.count > 1, let fastest = common.map(\.rate).max(), fastest > 0 else { return first.best }
        return common.filter { $0.rate >= fastest * 0.98 }.map(\.setting)
            .min { ($0.texts, $0.inFlight) < ($1.texts, $1.inFlight) }
    }

    private static func rate(of server: ServerReport, at setting: ServerReport.Setting) -> Double? {
        ServerReport.choice(of: server.cells).last { $0.setting == setting }?.textsPerSecond.mean
    }

    private static func rate(of server: ServerReport) -> Double {
        server.best.flatMap { rate(of: server, at: $0) } ?? 0
    }

    private static func reason(_ servers: [ServerReport], _ setting: ServerReport.Setting) -> String {
        let texts = setting.texts == 1 ? "1 text a request" : "\(setting.texts) texts a request"
        let choice = "\(texts) and \(setting.inFlight) in flight at each server"
        let kinds = Set(servers.compactMap(\.execution))
        let execution: String
        switch kinds.count == 1 ? kinds.first : nil {
        case .serial: execution = "Texts are embedded one after another: more than \(choice) would only wait"
        case .parallel:
            execution = "Several texts are embedded at a time: \(choice) is the least that is as fast as any"
        case .batching:
            execution = "Texts of one request are embedded together: \(choice) is the least that is as fast as any"
        case nil: execution = "\(choice) is the least that is as fast as any"
        }
        let rates = servers.map { (name: $0.name, rate: rate(of: $0)) }.sorted { $0.rate > $1.rate }
        guard let fastest = rates.first, let slowest = rates.last, slowest.rate > 0, fastest.rate > slowest.rate * 1.2
        else { return execution + "." }
        let ratio = ((fastest.rate / slowest.rate) * 10).rounded() / 10
        return "\(execution). \(fastest.name) is \(ratio) times as fast as \(slowest.name)."
    }
}
