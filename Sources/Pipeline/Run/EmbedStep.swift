/// Turns rows into points: their texts go to whichever embedding server has room.
struct EmbedStep: Sendable {
    let request: EmbedRequest
    let options: RunOptions

    /// Embeds the rows in parallel requests, cut as the servers want them; the points come in the order of the rows.
    func embed(_ rows: [Row]) async throws(PipelineError) -> Batch {
        guard !rows.isEmpty else { return Batch() }
        let pool = request.pool
        let offer = await pool.offer(rows.map { $0.text.count })
        do {
            return try await withThrowingTaskGroup(of: (Int, Batch).self) { group in
                var leased = 0
                for await lease in offer.leases {
                    leased += lease.texts.count
                    group.addTask {
                        do throws(PipelineError) {
                            return (lease.texts.lowerBound, try await embedTogether(rows[lease.texts], .leased(lease)))
                        } catch {
                            // What ends one request ends the chunk.
                            await pool.withdraw(offer)
                            throw error
                        }
                    }
                }
                var parts: [(first: Int, batch: Batch)] = []
                for try await part in group { parts.append(part) }
                // The leases end early when the task is cancelled: then some rows have no vector.
                guard leased == rows.count else { throw PipelineError.cancelled }
                return parts.sorted { $0.first < $1.first }.reduce(into: Batch()) { $0 += $1.batch }
            }
        } catch {
            throw .wrapping(error)
        }
    }

    /// Embeds the rows in one request. When one of them is at fault, or there are too many, halves the request, until a row
    /// that is at fault stands alone.
    private func embedTogether(
        _ rows: ArraySlice<Row>,
        _ place: EmbedRequest.Place
    ) async throws(PipelineError) -> Batch {
        var batch = Batch()
        do throws(PipelineError) {
            let vectors = try await request.send(rows.map { $0.text }, place, &batch.tally)
            batch.points = zip(rows, vectors).map { Point(row: $0, vector: $1) }
            batch.tally.embedded = rows.count
        } catch {
            guard error.rowFault != nil || error.kind == .tooMuch else { throw error }
            if rows.count > 1 {
                let middle = rows.startIndex + rows.count / 2
                batch += try await embedTogether(rows[..<middle], .aged(place.age))
                batch += try await embedTogether(rows[middle...], .aged(place.age))
            } else if let row = rows.first {
                if error.rowFault == .overlong, options.overlong == .truncate {
                    try await embedShortened(row, place.age, error, &batch)
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
        _ age: Int,
        _ overlong: PipelineError,
        _ batch: inout Batch
    ) async throws(PipelineError) {
        var text = row.text
        while true {
            text = text.prefixOfWholeCharacters(text.count * 3 / 4)
            // A vector of nothing would say nothing about the row.
            guard text.contains(where: { $0 > UInt8(ascii: " ") }) else { return batch.reject(row, overlong) }
            do throws(PipelineError) {
                let vectors = try await request.send([text], .aged(age), &batch.tally)
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
}

extension Bytes {
    /// At most `count` bytes from the start, cut before a UTF-8 character rather than inside it.
    public func prefixOfWholeCharacters(_ count: Int) -> Bytes {
        var end = startIndex + Swift.max(count, 0)
        guard end < endIndex else { return self }
        while end > startIndex, self[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
        return self[..<end]
    }
}
