package import Pipeline
internal import Testing

/// What every `VectorSink` owes the engine.
package struct VectorSinkContract: Sendable {
    private let sink: any VectorSink
    private let point: @Sendable (Int) -> Point
    private let count: @Sendable () async throws -> Int

    /// - Parameters:
    ///   - sink: an empty one.
    ///   - point: makes a point of the sink's dimension; another number is another key.
    ///   - count: how many points the sink holds, asked past the protocol.
    package init(
        _ sink: any VectorSink,
        point: @escaping @Sendable (Int) -> Point,
        count: @escaping @Sendable () async throws -> Int
    ) {
        self.sink = sink
        self.point = point
        self.count = count
    }

    package func check() async throws {
        #expect(try await sink.existing([]).isEmpty)
        #expect(try await sink.existing([point(0).row.key]).isEmpty)
        try await storesWhatItIsGiven()
        try await replacesPointsOfTheSameKeys()
        try await takesManyUpsertsAtOnce()
        try await answersForAThousandKeys()
        await endsSoonWhenCancelled()
    }

    private func storesWhatItIsGiven() async throws {
        let points = (0..<20).map(point)
        #expect(try await sink.upsert(points) >= 1)
        // Durable when it returns: it can be asked at once.
        #expect(try await count() == 20)
        #expect(try await sink.existing((10..<30).map { point($0).row.key }) == Set(points[10...].map(\.row.key)))
    }

    private func replacesPointsOfTheSameKeys() async throws {
        for _ in 0..<2 { _ = try await sink.upsert((15..<25).map(point)) }
        #expect(try await count() == 25)
    }

    private func takesManyUpsertsAtOnce() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in stride(from: 100, to: 200, by: 10) {
                group.addTask { _ = try await sink.upsert((start..<start + 10).map(point)) }
            }
            try await group.waitForAll()
        }
        #expect(try await count() == 125)
        #expect(try await sink.existing((100..<200).map { point($0).row.key }).count == 100)
    }

    private func answersForAThousandKeys() async throws {
        let keys = (0..<1_000).map { point($0).row.key }
        #expect(try await sink.existing(keys) == Set(keys[..<25] + keys[100..<200]))
    }

    private func endsSoonWhenCancelled() async {
        let error = await withTaskGroup(of: PipelineError?.self) { group in
            group.cancelAll()
            group.addTask {
                do throws(PipelineError) {
                    _ = try await sink.upsert([point(0)])
                    return nil
                } catch {
                    return error
                }
            }
            return await group.next() ?? nil
        }
        // It may have been faster than the cancellation.
        #expect(error == nil || error?.kind == .cancelled)
    }
}
