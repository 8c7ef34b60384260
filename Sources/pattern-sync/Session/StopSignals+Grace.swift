internal import Pipeline

extension StopSignals {
    /// Runs `body` to its end, and cancels it when it goes on for `grace` after a signal.
    ///
    /// - Returns: nil when it was cancelled.
    func allowing<Result: Sendable>(
        _ grace: Duration,
        _ clock: RunClock,
        _ body: @escaping @Sendable () async -> Result
    ) async -> Result? {
        await withTaskGroup(of: Result?.self) { group in
            defer { group.cancelAll() }
            group.addTask { await body() }
            group.addTask {
                await wait()
                try? await clock.sleep(grace)
                return nil
            }
            return await group.next() ?? nil
        }
    }
}
