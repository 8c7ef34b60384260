public import Pipeline

/// Keeps requests in flight until enough was seen of them.
public struct LoadRun: Sendable {
    public var inFlight: Int
    public var limits: LoadLimits
    public var clock: RunClock

    public init(inFlight: Int, limits: LoadLimits, clock: RunClock) {
        self.inFlight = inFlight
        self.limits = limits
        self.clock = clock
    }

    /// Sends requests until it is known how many can be done a second, the time is over, or most of them fail. What is in
    /// flight then is waited for, so that the next measurement finds an idle server.
    ///
    /// - Parameter request: is called `inFlight` times at once, and told how long it may take.
    /// - Returns: what was seen; `.interrupted` when the task was cancelled.
    public func run(_ request: @escaping @Sendable (Duration) async throws(PipelineError) -> Work) async -> LoadResult {
        let watch = LoadWatch(LoadMeter(inFlight: inFlight, limits: limits, at: clock.now))
        await withDiscardingTaskGroup { group in
            for _ in 0..<inFlight {
                group.addTask { await send(request, watch) }
            }
        }
        return await watch.result
    }

    private func send(
        _ request: @Sendable (Duration) async throws(PipelineError) -> Work,
        _ watch: LoadWatch
    ) async {
        while !Task.isCancelled, let patience = await watch.patience(at: clock.now) {
            let sentAt = clock.now
            do throws(PipelineError) {
                let work = try await request(patience)
                await watch.succeeded(work, sentAt: sentAt, at: clock.now)
            } catch {
                guard error.kind != .cancelled else { return }
                await watch.failed(error, at: clock.now)
                // A server that refuses at once is not to be stormed.
                try? await clock.sleep(.milliseconds(100))
            }
        }
    }
}

/// A meter that several tasks tell what they see.
private actor LoadWatch {
    private var meter: LoadMeter
    private var end: ServerReport.Cell.End?

    init(_ meter: LoadMeter) {
        self.meter = meter
    }

    /// For one more request; nil when enough was seen.
    func patience(at now: Duration) -> Duration? {
        if end == nil { end = meter.end(at: now) }
        return end == nil ? meter.patience(at: now) : nil
    }

    func succeeded(_ work: Work, sentAt: Duration, at now: Duration) {
        // Of what is still in flight when it is over, the others are missing beside.
        if end == nil { meter.succeeded(work, sentAt: sentAt, at: now) }
    }

    func failed(_ error: PipelineError, at now: Duration) {
        meter.failed(error, at: now)
    }

    var result: LoadResult {
        var result = meter.result
        result.ended = end ?? .interrupted
        return result
    }
}
