/// How the last texts are shared out, so that all servers are done at the same time: each gets, of what is left and what is
/// under way, as much as it does in the time that the others take for theirs, in ever smaller requests.
struct Tail: Sendable {
    private struct Share: Sendable {
        /// How many of the texts that are left are this server's, by its pace.
        var texts: Double
        var setting: LimiterSetting
        var textsPerSecond: Double?
        var isIdle: Bool
    }

    /// No request is smaller than what takes so long: what it costs beside its texts would show.
    private static let shortest = 0.02

    private var shares: [Int: Share] = [:]

    /// - Parameter left: texts that no server has been sent yet.
    init(_ servers: [EndpointState], left: Int, at now: Duration) {
        let well = servers.indices.filter { servers[$0].isAvailable(at: now) }
        let known = well.compactMap { servers[$0].textsPerSecond }
        let usual = known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count)
        let paces = well.map { servers[$0].textsPerSecond ?? usual }
        let total = paces.reduce(0, +)
        guard total > 0 else { return }
        let all = left + well.reduce(0) { $0 + servers[$1].textsInFlight }
        for (index, pace) in zip(well, paces) {
            let server = servers[index]
            guard server.isTextsFree else { continue }
            shares[index] = Share(
                texts: Double(all) * pace / total - Double(server.textsInFlight),
                setting: server.setting,
                textsPerSecond: server.textsPerSecond,
                isIdle: server.inFlight == 0
            )
        }
    }

    /// Whether the server has enough to do until the others are done; one that is idle never has.
    func spares(_ server: Int) -> Bool {
        shares[server].map { !$0.isIdle && $0.texts <= 0 } ?? false
    }

    /// How many texts the server's next request takes at most; nil leaves that to its setting.
    func texts(for server: Int) -> Int? {
        guard let share = shares[server] else { return nil }
        let guided = (max(share.texts, 1) / Double(2 * share.setting.concurrency)).rounded(.up)
        let least = ((share.textsPerSecond ?? 0) * Self.shortest).rounded(.up)
        return min(share.setting.texts, max(Int(min(guided, 1e6)), Int(min(least, 1e6)), 1))
    }
}
