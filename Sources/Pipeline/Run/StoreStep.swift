internal import DequeModule

/// Stores points, and payloads of points that are there.
struct StoreStep: Sendable {
    let sink: any VectorSink
    let retrier: Retrier
    let meter: BusyMeter
    /// Bounds the requests that change points. One has a slot only while it is under way, not while it waits to be tried
    /// again.
    let slots: Slots
    /// Of all requests that change points.
    let streak = SuccessStreak()

    /// Stores the points; one that the sink does not take is rejected.
    func store(_ points: [Point]) async throws(PipelineError) -> Batch {
        var (batch, refused) = try await send(points, counting: \.upserted) { points throws(PipelineError) in
            try await inSlot { () async throws(PipelineError) in try await sink.upsert(points) }
        }
        for (point, error) in refused { batch.reject(point.row, error) }
        return batch
    }

    /// Replaces the payloads. Rows whose payload the sink does not take for the point that is there are handed back: the
    /// point may be gone.
    func replacePayloads(_ updates: [PayloadUpdate]) async throws(PipelineError) -> (batch: Batch, refused: [Row]) {
        let (batch, refused) = try await send(updates, counting: \.payloadUpdated) { updates throws(PipelineError) in
            try await inSlot { () async throws(PipelineError) in try await sink.replacePayloads(updates) }
        }
        return (batch, refused.map(\.item.row))
    }

    private func inSlot(_ request: () async throws(PipelineError) -> Int) async throws(PipelineError) -> Int {
        try await slots.enter()
        let requests: Int
        do throws(PipelineError) {
            requests = try await request()
        } catch {
            await slots.leave()
            throw error
        }
        await slots.leave()
        return requests
    }

    /// Sends the items, in parts where they cannot be sent together.
    ///
    /// - Parameter count: what counts the items that were taken.
    private func send<Item: Sendable>(
        _ items: [Item],
        counting count: WritableKeyPath<Tally, Int>,
        _ request: ([Item]) async throws(PipelineError) -> Int
    ) async throws(PipelineError) -> (batch: Batch, refused: [(item: Item, error: PipelineError)]) {
        var delivery = Delivery(of: items)
        guard !items.isEmpty else { return (delivery.batch, []) }
        await meter.begin(.sink)
        do throws(PipelineError) {
            while let part = delivery.parts.popFirst() {
                do throws(PipelineError) {
                    let began = retrier.clock.now
                    let requests = try await request(Array(part.items))
                    retrier.observer.observe(.stored(points: part.items.count, took: retrier.clock.now - began))
                    await streak.succeeded()
                    await retrier.succeeded(.sink, &delivery.failures)
                    delivery.taken(part, in: requests, counting: count)
                } catch {
                    delivery.batch.tally.upsertRequests += 1
                    try await divideOrRetry(part, error, &delivery, request)
                }
            }
        } catch {
            await meter.end(.sink)
            throw error
        }
        await meter.end(.sink)
        return (delivery.batch, delivery.refused)
    }

    /// Decides what becomes of a part that failed: it is halved until one item that is at fault stands alone, or waits
    /// behind the others and is tried again.
    private func divideOrRetry<Item: Sendable>(
        _ part: Delivery<Item>.Part,
        _ error: PipelineError,
        _ delivery: inout Delivery<Item>,
        _ request: ([Item]) async throws(PipelineError) -> Int
    ) async throws(PipelineError) {
        let isDivisible = part.items.count > 1
        switch error.kind {
        case .row: delivery.divide(part, error)
        case .tooMuch where isDivisible: delivery.divide(part, error)
        case .server(.some):
            // A server that asks to be left alone, as one whose disk is full, has not broken down over a point.
            delivery.batch.tally.retries += 1
            _ = await streak.failed()
            try await retrier.wait(.sink, error, &delivery.failures)
            delivery.parts.append(part)
        case .server, .tooMuch:
            var part = part
            let others = await streak.failed()
            delivery.batch.tally.retries += 1
            let isAtFault = part.suspicion.failed(while: others >= Suspicion.proof ? .strong : part.evidence)
            // Where some were taken since a request was divided, its size or one of its items is what is wrong.
            if isDivisible, part.suspicion.isWorthDividing || delivery.hasDivided && delivery.sample != nil {
                delivery.failures.forgetDelays()
                return delivery.divide(part, error)
            }
            if isAtFault {
                let verdict = part.suspicion.conviction(.unstorable, error, while: "others were stored")
                return delivery.divide(part, verdict)
            }
            try await retrier.wait(.sink, error, &delivery.failures)
            part.evidence = part.suspicion.isRaised ? try await evidence(&delivery, request) : .none
            delivery.parts.append(part)
        default: throw error
        }
    }

    /// What the sink shows when it is asked to take changes, several times in a row: an item that it has taken already, or
    /// else one that changes nothing. An item is one of the same chunk, which no other task works on, and may be stored again.
    private func evidence<Item: Sendable>(
        _ delivery: inout Delivery<Item>,
        _ request: ([Item]) async throws(PipelineError) -> Int
    ) async throws(PipelineError) -> Suspicion.Evidence {
        let evidence: Suspicion.Evidence = delivery.sample == nil ? .weak : .strong
        for _ in 0..<Suspicion.probes(retrier.policy.random) {
            do throws(PipelineError) {
                if let item = delivery.sample {
                    delivery.batch.tally.upsertRequests += try await request([item])
                } else {
                    _ = try await sink.probe()
                }
                await streak.succeeded()
                await retrier.sawSuccess(.sink, &delivery.failures)
            } catch {
                _ = await streak.failed()
                guard error.isRetryable || error.rowFault != nil || error.kind == .tooMuch else { throw error }
                return .none
            }
        }
        return evidence
    }
}
