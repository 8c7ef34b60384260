/// Turns rows into points: their texts go to whichever embedding server has room.
struct EmbedStep: Sendable {
    let request: EmbedRequest
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
            let vectors = try await request.send(rows.map(\.text), &batch.tally)
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
                let vectors = try await request.send([text], &batch.tally)
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
    func prefixOfWholeCharacters(_ count: Int) -> Bytes {
        var end = startIndex + Swift.max(count, 0)
        guard end < endIndex else { return self }
        while end > startIndex, self[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
        return self[..<end]
    }
}
