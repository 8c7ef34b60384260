/// Adds up for how long each stage had work under way, however many pieces of it at once.
actor BusyMeter {
    private struct Account {
        var active = 0
        var since: Duration = .zero
        var total: Duration = .zero
    }

    private var accounts: [Stage: Account] = [:]
    private let clock: RunClock

    init(clock: RunClock) {
        self.clock = clock
    }

    func begin(_ stage: Stage) {
        var account = accounts[stage, default: Account()]
        if account.active == 0 { account.since = clock.now }
        account.active += 1
        accounts[stage] = account
    }

    func end(_ stage: Stage) {
        guard var account = accounts[stage] else { return }
        account.active -= 1
        if account.active == 0 { account.total += clock.now - account.since }
        accounts[stage] = account
    }

    /// The share of `duration` in which each stage was busy.
    func shares(of duration: Duration) -> [Stage: Double] {
        var shares: [Stage: Double] = [:]
        for stage in Stage.allCases {
            guard var account = accounts[stage] else {
                shares[stage] = 0
                continue
            }
            if account.active > 0 { account.total += clock.now - account.since }
            shares[stage] = duration > .zero ? min(account.total / duration, 1) : 0
        }
        return shares
    }
}
