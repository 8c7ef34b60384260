/// Reads a feed to its end and carries its chunks, several at once.
///
/// The next chunk is read when the window may have room for it, waits until it has and gets a task of its own; chunks leave
/// the window in the order in which they were read.
struct ChunkLoop: Sendable {
    let source: any RowSource
    /// Bounds chunks, window and grace.
    let limits: RunOptions
    /// Reads no more rows than these.
    let rowLimit: Int?
    let retrier: Retrier
    let meter: BusyMeter
    /// Is told whether more chunks are to be expected.
    var expectsMore: @Sendable (Bool) async -> Void = { _ in }

    /// How the loop came to its end.
    struct Outcome: Sendable {
        /// Whether every row was read and carried.
        var isComplete: Bool
        /// How many snapshots of the source were read.
        var snapshots: Int
        /// Reads that were tried again and that no chunk can be charged with.
        var retries: Int
    }

    /// A chunk that is done, and those that leave the window with it.
    struct Finished<Result: Sendable>: Sendable {
        var result: Result
        var released: [(end: Position, result: Result)]
    }

    /// Runs until every row is carried, an error ends it, or `stop` is made.
    ///
    /// - Parameters:
    ///   - position: where to begin reading.
    ///   - process: carries a chunk; is told how often its reading was tried again.
    ///   - finished: takes what came of it, one at a time.
    func run<Result: Sendable>(
        after position: Position?,
        until stop: StopRequest,
        process: @escaping @Sendable (Chunk, _ retries: Int) async throws(PipelineError) -> Result,
        finished: (Finished<Result>) async throws(PipelineError) -> Void
    ) async throws(PipelineError) -> Outcome {
        do {
            return try await withThrowingTaskGroup(of: Happening<Result>.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    await stop.wait()
                    return .stopRequested
                }
                var flow = Flow(
                    window: Window<Result>(capacity: limits.window, byteCapacity: limits.windowBytes)
                )
                await expectsMore(true)
                while true {
                    if let (chunk, retries) = flow.takeAdmissible() {
                        flow.rowsRead += chunk.rowCount
                        flow.snapshots = max(flow.snapshots, chunk.snapshot)
                        await expectsMore(!isLast(chunk, flow))
                        let ticket = flow.window.admit(end: chunk.end, bytes: chunk.byteCount)
                        group.addTask { .finished(ticket, try await process(chunk, retries)) }
                    }
                    if let next = nextLimit(flow) {
                        let opens = !flow.isOpen
                        flow.isReading = true
                        flow.isOpen = true
                        group.addTask { try await read(next, opening: opens, after: position) }
                    }
                    if flow.window.isEmpty && (!flow.isReading || flow.isStopping) { break }
                    guard let happening = try await group.next() else { break }
                    switch happening {
                    case .read(let chunk, let retries):
                        flow.isReading = false
                        guard let chunk else {
                            flow.isExhausted = true
                            await expectsMore(false)
                            flow.retries += retries
                            continue
                        }
                        // What is read while stopping would only be wasted on the grace of the others.
                        if !flow.isStopping { flow.waiting = (chunk, retries) }
                    case .finished(let ticket, let result):
                        let released = flow.window.finish(ticket, with: result)
                        try await finished(Finished(result: result, released: released))
                    case .stopRequested:
                        flow.isStopping = true
                        flow.waiting = nil
                        await expectsMore(false)
                        retrier.observer.observe(.stopping(grace: limits.grace))
                        group.addTask {
                            try await retrier.clock.sleep(limits.grace)
                            return .graceOver
                        }
                    case .graceOver:
                        return flow.outcome(isComplete: false)
                    }
                }
                return flow.outcome(isComplete: flow.isExhausted || !flow.isStopping)
            }
        } catch {
            throw .wrapping(error)
        }
    }

    /// What the loop keeps in its hands.
    private struct Flow<Result: Sendable> {
        var window: Window<Result>
        /// A chunk that was read and has no room yet.
        var waiting: (chunk: Chunk, retries: Int)?
        var snapshots = 0
        var retries = 0
        /// Rows read so far, those in flight included.
        var rowsRead = 0
        var isOpen = false
        var isReading = false
        var isExhausted = false
        var isStopping = false

        /// The chunk that was read last, once there is room for it.
        mutating func takeAdmissible() -> (chunk: Chunk, retries: Int)? {
            guard let next = waiting, window.hasRoom(for: next.chunk.byteCount) else { return nil }
            waiting = nil
            return next
        }

        func outcome(isComplete: Bool) -> Outcome {
            Outcome(isComplete: isComplete, snapshots: snapshots, retries: retries)
        }
    }

    /// What the loop waits for.
    private enum Happening<Result: Sendable>: Sendable {
        case read(Chunk?, retries: Int)
        case finished(Window<Result>.Ticket, Result)
        case stopRequested
        case graceOver
    }

    /// How much to read next; nil while there is no room, or nothing more to read.
    private func nextLimit(_ flow: Flow<some Sendable>) -> ChunkLimit? {
        guard !flow.isReading, flow.waiting == nil, !flow.isExhausted, !flow.isStopping, flow.window.hasRoom else {
            return nil
        }
        let rows = min(fullChunk, (rowLimit ?? .max) - flow.rowsRead)
        return rows > 0 ? ChunkLimit(rows: rows, bytes: limits.chunkBytes) : nil
    }

    /// Rows a chunk.
    private var fullChunk: Int { source.yieldsDigests ? limits.chunkDigests : limits.chunkRows }

    /// Whether it seems that no chunk comes after this one, which has just been taken in.
    private func isLast(_ chunk: Chunk, _ flow: Flow<some Sendable>) -> Bool {
        flow.isStopping || flow.rowsRead >= rowLimit ?? .max
            || chunk.rowCount < fullChunk && chunk.byteCount < limits.chunkBytes
    }

    private func read<Result: Sendable>(
        _ limit: ChunkLimit,
        opening: Bool,
        after position: Position?
    ) async throws(PipelineError) -> Happening<Result> {
        await meter.begin(.source)
        var retries = 0
        if opening {
            retries += try await retrier.run(.source) { () async throws(PipelineError) in
                try await source.open(after: position)
            }.retries
        }
        let next = try await retrier.run(.source) { () async throws(PipelineError) in
            try await source.nextChunk(limit)
        }
        await meter.end(.source)
        return .read(next.result, retries: retries + next.retries)
    }
}
