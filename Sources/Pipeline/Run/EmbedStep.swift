/// Turns rows into points: their texts go to whichever embedding server has room.
struct EmbedStep: Sendable {
    let pool: EndpointPool
    let retrier: Retrier
    let meter: BusyMeter
    let options: RunOptions

    /// Embeds the rows in parallel requests; the points come in the order of the rows.
    func embed(_ rows: [Row]) async throws(PipelineError) -> Batch {
        let slices = Slicing.ranges(
            of: rows.map(\.text.count),
            count: options.requestTexts,
            bytes: options.requestBytes
        )
        do {
            return try await withThrowingTaskGroup(of: (Int, Batch).self) { group in
                for (index, slice) in slices.enumerated() {
                    group.addTask { (index, try await embedTogether(rows[slice])) }
                }
                var parts = [Batch?](repeating: nil, count: slices.count)
                for try await (index, part) in group { parts[index] = part }
                return parts.reduce(into: Batch()) { whole, part in
                    if let part { whole += part }
                }
            }
        } catch {
            throw .wrapping(error)
        }
    }

    /// Embeds the rows in one request. When one of them is at fault, halves the request until that row stands alone.
    private func embedTogether(_ rows: ArraySlice<Row>) async throws(PipelineError) -> Batch {
        var batch = Batch()
        do throws(PipelineError) {
            let vectors = try await request(rows.map(\.text), &batch.tally)
            batch.points = zip(rows, vectors).map { Point(row: $0, vector: $1) }
            batch.tally.embedded = rows.count
        } catch {
            guard let fault = error.rowFault else { throw error }
            if rows.count > 1 {
                let middle = rows.startIndex + rows.count / 2
                batch += try await embedTogether(rows[..<middle])
                batch += try await embedTogether(rows[middle...])
            } else if let row = rows.first {
                if fault == .overlong, options.overlong == .truncate {
                    try await embedShortened(row, error, &batch)
                } else {
                    batch.reject(row, error)
                }
            }
        }
        return batch
    }

    /// Embeds as much of the row's text as the model takes, shortening it by a quarter at a time.
    private func embedShortened(
        _ row: Row,
        _ overlong: PipelineError,
        _ batch: inout Batch
    ) async throws(PipelineError) {
        var text = row.text
        while true {
            text = text.prefixOfWholeCharacters(text.count * 3 / 4)
            // A vector of nothing would say nothing about the row.
            guard text.contains(where: { $0 > UInt8(ascii: " ") }) else { return batch.reject(row, overlong) }
            do throws(PipelineError) {
                let vectors = try await request([text], &batch.tally)
                batch.points += vectors.map { Point(row: row, vector: $0, isTruncated: true) }
                batch.tally.embedded += 1
                batch.tally.truncated += 1
                batch.truncated.append(row.key)
                return
            } catch {
                guard let fault = error.rowFault else { throw error }
                guard fault == .overlong else { return batch.reject(row, error) }
            }
        }
    }

    /// Sends one request to whichever server has room, and again to any while servers fail.
    private func request(_ texts: [Bytes], _ tally: inout Tally) async throws(PipelineError) -> [Vector] {
        var failingSince: Duration?
        while true {
            let lease = try await pool.lease()
            tally.embedRequests += 1
            await meter.begin(.embedder)
            do throws(PipelineError) {
                let vectors = try await lease.embedder.embed(texts)
                guard vectors.count == texts.count else {
                    throw PipelineError(
                        .setup,
                        "\(lease.embedder.name): \(vectors.count) vectors for \(texts.count) texts"
                    )
                }
                await meter.end(.embedder)
                await pool.giveBack(lease)
                if failingSince != nil { retrier.observer.observe(.recovered(.embedder)) }
                return vectors
            } catch {
                await meter.end(.embedder)
                guard case .server(let retryAfter) = error.kind else {
                    await pool.giveBack(lease)
                    throw error
                }
                let (rest, failures) = await pool.failed(lease, retryAfter: retryAfter)
                let now = retrier.clock.now
                let since = failingSince ?? now
                failingSince = since
                // What this server asks for binds only while no other one can take the request.
                let asked = rest > .zero ? retryAfter : nil
                guard retrier.policy.patience(after: now - since, retryAfter: asked) != nil else {
                    throw retrier.policy.outage(of: .embedder, after: now - since, error)
                }
                // The next lease is of a server that is well, or of one that has rested.
                tally.retries += 1
                retrier.observer.observe(.waiting(.embedder, error, attempt: failures, delay: rest))
            }
        }
    }
}

extension Bytes {
    /// At most `count` bytes from the start, cut before a UTF-8 character rather than inside it.
    func prefixOfWholeCharacters(_ count: Int) -> Bytes {
        var end = startIndex + Swift.max(count, 0)
        guard end < endIndex else { return self }
        while end > startIndex, self[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
        return self[..<end]
    }
}
