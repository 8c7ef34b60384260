internal import Pipeline
internal import Testing

extension VectorSinkContract {
    func bringsAlongWhatItIsAskedFor() async throws {
        let marks = try await stored(1, .marks)
        #expect(marks.payload == nil && marks.vector == nil)
        let payloads = try await stored(1, .payloads)
        #expect(payloads.payload?.first == UInt8(ascii: "{"))
        #expect(payloads.vector == nil)
        let vectors = try await stored(1, .vectors)
        #expect(vectors.payload == nil)
        #expect(vectors.vector?.json.first == UInt8(ascii: "[") && vectors.vector?.json.last == UInt8(ascii: "]"))
        for found in [payloads, vectors] {
            #expect(found.mark == marks.mark)
            #expect(found.textHash == marks.textHash && found.payloadHash == marks.payloadHash)
        }
    }

    func replacesPayloadsAndKeepsVectors() async throws {
        var cut = point(30)
        cut.isTruncated = true
        _ = try await sink.upsert([cut, point(31)])
        let before = [try await stored(30, .vectors), try await stored(31, .vectors)]
        #expect(before.map(\.isTruncated) == [true, false])

        let requests = try await sink.replacePayloads([
            PayloadUpdate(row: replaced(30), isTruncated: true), PayloadUpdate(row: replaced(31), isTruncated: false),
        ])
        #expect(requests >= 1)
        for (number, old) in zip([30, 31], before) {
            let new = try await stored(number, .vectors)
            #expect(new.vector?.json == old.vector?.json)
            #expect(new.mark == .current && new.isTruncated == old.isTruncated)
            #expect(new.textHash == old.textHash)
            #expect(new.payloadHash == replaced(number).payloadHash)
            let payload = try #require(try await stored(number, .payloads).payload)
            #expect(payload.string.contains("replaced"))
        }
        // An upsert puts all of it back.
        _ = try await sink.upsert([point(30), point(31)])
        let after = try await stored(30, .payloads)
        #expect(!after.isTruncated)
        #expect(after.payload?.string.contains("replaced") == false)
    }

    func refusesPayloadsOfPointsThatAreNotThere() async throws {
        let before = try await count()
        for numbers in [[5_000], [1, 5_000], [5_000, 1]] {
            let updates = numbers.map { PayloadUpdate(row: point($0).row, isTruncated: false) }
            let error = await #expect(throws: PipelineError.self, "\(numbers)") {
                try await sink.replacePayloads(updates)
            }
            #expect(error?.rowFault != nil, "\(numbers): \(error?.message ?? "no error")")
        }
        #expect(try await count() == before)
        #expect(try await sink.points(of: keys(5_000..<5_001), .marks).isEmpty)
    }

    func agreesWithWhatIsStored() async throws {
        let found = try await stored(1, .payloads)
        let row = point(1).row
        #expect(sink.agrees(found, with: row))
        var other = row
        other.text = Array((row.text.string + "?").utf8)[...]
        #expect(!sink.agrees(found, with: other))
        // Its hashes are not what it goes by.
        other = replaced(1)
        other.payloadHash = row.payloadHash
        #expect(!sink.agrees(found, with: other))
    }

    func pagesThroughItsPoints() async throws {
        let expected = try await count()
        for limit in [1_000, expected, expected - 1, 7] {
            var found: [PointReference] = []
            var page: Position?
            repeat {
                let next = try await sink.ownPoints(from: page, limit: limit)
                #expect(next.points.count <= limit)
                found += next.points
                page = next.next
                // Whatever a sink does wrong, the reading ends.
                try #require(found.count <= expected)
            } while page != nil
            #expect(found.count == expected)
            #expect(Set(found.map(\.id)).count == expected)
            #expect(Set(found.compactMap(\.key)) == Set(keys(0..<25) + keys(30..<32) + keys(100..<200)))
        }
    }

    func deletesPoints() async throws {
        let all = try await sink.ownPoints(from: nil, limit: 1_000).points
        let doomed = all.filter { keys(100..<150).contains($0.key ?? point(0).row.key) }
        #expect(doomed.count == 50)
        for _ in 0..<2 { #expect(try await sink.delete(doomed) >= 1) }
        #expect(try await count() == all.count - 50)
        #expect(try await sink.count() == all.count - 50)
        #expect(try await sink.points(of: keys(100..<200), .marks).count == 50)
    }

    func endsSoonWhenCancelled() async {
        let row = point(0).row
        await endsSoon { _ = try await sink.upsert([point(0)]) }
        await endsSoon { _ = try await sink.replacePayloads([PayloadUpdate(row: row, isTruncated: false)]) }
        await endsSoon { _ = try await sink.delete([PointReference(id: "99999", key: nil)]) }
        await endsSoon { _ = try await sink.points(of: [row.key], .marks) }
        await endsSoon { _ = try await sink.count() }
        await endsSoon { _ = try await sink.ownPoints(from: nil, limit: 10) }
    }

    private func endsSoon(_ call: @escaping @Sendable () async throws -> Void) async {
        let error = await withTaskGroup(of: (any Error)?.self) { group in
            group.cancelAll()
            group.addTask {
                do {
                    try await call()
                    return nil
                } catch {
                    return error
                }
            }
            return await group.next() ?? nil
        }
        // It may have been faster than the cancellation.
        #expect(error == nil || (error as? PipelineError)?.kind == .cancelled)
    }

    /// The row of a point, with another payload.
    private func replaced(_ number: Int) -> Row {
        var row = point(number).row
        row.payload = Array(#"{"replaced":true}"#.utf8)[...]
        row.payloadHash = Array(String(repeating: "b", count: 64).utf8)[...]
        return row
    }
}
