public import Pipeline

/// Measures one embedding server, setting by setting.
public struct ServerBench: Sendable {
    private let embedder: any MeteredEmbedder
    private let texts: TextCycle
    private let sweep: Sweep
    private let limits: LoadLimits
    /// After which no further setting is begun.
    private let longest: Duration
    private let clock: RunClock

    /// The longest that a request may take: a text takes a minute only where the server is stuck, but a request may have
    /// many.
    private static let deadline = Duration.seconds(300)

    public init(
        _ embedder: any MeteredEmbedder,
        texts: [Bytes],
        sweep: Sweep,
        limits: LoadLimits,
        longest: Duration,
        clock: RunClock
    ) {
        self.embedder = embedder
        self.texts = TextCycle(texts)
        self.sweep = sweep
        self.limits = limits
        self.longest = longest
        self.clock = clock
    }

    /// Measures one setting after another until enough is known, the time is over, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - begins: is told each setting before it is measured.
    ///   - ends: is told each cell. What was being measured when the task was cancelled is a cell too, where it has seen
    ///     anything.
    public func run(
        begins: (ServerReport.Setting) async -> Void = { _ in },
        ends: (ServerReport.Cell) async -> Void
    ) async {
        let began = clock.now
        var cells: [ServerReport.Cell] = []
        while !Task.isCancelled, clock.now - began < longest, let setting = sweep.next(after: cells) {
            await begins(setting)
            let cell = await measure(setting)
            if cell.ended == .interrupted, cell.requests == 0 { return }
            cells.append(cell)
            await ends(cell)
            // A server that answers nothing at its smallest setting answers nothing at a larger one.
            if cell.ended == .errors, cells.count == 1 { return }
        }
    }

    /// Measures one setting.
    public func measure(_ setting: ServerReport.Setting) async -> ServerReport.Cell {
        let load = LoadRun(inFlight: setting.inFlight, limits: limits, clock: clock)
        let result = await load.run { [texts] patience async throws(PipelineError) in
            let request = await texts.take(setting.texts)
            return Work(units: setting.texts, tokens: try await embed(request, within: min(patience, Self.deadline)))
        }
        return ServerReport.Cell(
            setting: setting,
            textsPerSecond: result.rate,
            tokensPerSecond: result.tokensPerSecond,
            latency: result.latency,
            requests: result.requests,
            errors: result.errors,
            firstError: result.firstError?.description,
            seconds: result.seconds,
            ended: result.ended,
            refused: Self.isRefusal(result, setting) ? true : nil
        )
    }

    /// Embeds the texts, and says so in plain words when the answer did not come in time.
    private func embed(_ texts: [Bytes], within deadline: Duration) async throws(PipelineError) -> Int? {
        let sentAt = clock.now
        do throws(PipelineError) {
            return try await embedder.embed(texts, within: deadline)
        } catch {
            guard error.isRetryable, clock.now - sentAt >= deadline else { throw error }
            let seconds = ((deadline / .seconds(1)) * 10).rounded() / 10
            throw PipelineError(error.kind, "\(embedder.name): no answer in \(seconds) s")
        }
    }

    /// Whether so many texts are more than the server takes at once. Not all say so in words that are known, but a fault of
    /// a single text does not fail every request.
    private static func isRefusal(_ result: LoadResult, _ setting: ServerReport.Setting) -> Bool {
        guard result.ended == .errors, result.answered == 0, setting.texts > 1, let error = result.firstError else {
            return false
        }
        return error.kind == .tooMuch || error.rowFault != nil
    }
}
