/// What the operations of a stage share about its server: when it last succeeded, and how many retries it can bear.
actor StageHealth {
    private struct State {
        var lastSuccess: Duration?
        /// Whether it has succeeded since it last failed.
        var isWell = false
        var budget = RetryBudget()
    }

    private var states: [Stage: State] = [:]

    func succeeded(_ stage: Stage, at now: Duration) {
        states[stage, default: State()].lastSuccess = now
        states[stage, default: State()].isWell = true
        states[stage, default: State()].budget.succeeded()
    }

    /// Takes note of a failure and takes a token for the retry.
    ///
    /// - Returns: when an operation of the stage last succeeded, whether this is the first failure since, and how long to
    ///   wait for the token.
    func failed(_ stage: Stage, at now: Duration) -> (lastSuccess: Duration?, wasWell: Bool, wait: Duration) {
        var state = states[stage, default: State()]
        let wasWell = state.isWell
        state.isWell = false
        let wait = state.budget.take(at: now)
        states[stage] = state
        return (state.lastSuccess, wasWell, wait)
    }
}
