package import Pipeline
internal import Testing

/// What every `VectorSink`, and the `PointReader` in it, owes the engine.
package struct VectorSinkContract: Sendable {
    let sink: any VectorSink
    let point: @Sendable (Int) -> Point
    let count: @Sendable () async throws -> Int

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
        try await isEmpty()
        try await storesWhatItIsGiven()
        try await replacesPointsOfTheSameKeys()
        try await takesManyUpsertsAtOnce()
        try await answersForAThousandKeys()
        try await bringsAlongWhatItIsAskedFor()
        try await replacesPayloadsAndKeepsVectors()
        try await refusesPayloadsOfPointsThatAreNotThere()
        try await agreesWithWhatIsStored()
        try await pagesThroughItsPoints()
        try await deletesPoints()
        await endsSoonWhenCancelled()
    }

    private func isEmpty() async throws {
        #expect(try await sink.points(of: [], .marks).isEmpty)
        #expect(try await sink.points(of: [point(0).row.key], .marks).isEmpty)
        #expect(try await sink.count() == 0)
        let page = try await sink.ownPoints(from: nil, limit: 10)
        #expect(page.points.isEmpty && page.next == nil)
        _ = try await sink.delete([])
        _ = try await sink.replacePayloads([])
    }

    private func storesWhatItIsGiven() async throws {
        let points = (0..<20).map(point)
        #expect(try await sink.upsert(points) >= 1)
        // Durable when it returns: it can be asked at once.
        #expect(try await count() == 20)
        #expect(try await sink.count() == 20)
        let found = try await sink.points(of: keys(10..<30), .marks)
        #expect(Set(found.keys) == Set(keys(10..<20)))
        for point in points[10...] {
            let stored = try #require(found[point.row.key])
            #expect(stored.mark == .current)
            #expect(stored.textHash == point.row.textHash && stored.payloadHash == point.row.payloadHash)
            #expect(!stored.isTruncated)
        }
    }

    private func replacesPointsOfTheSameKeys() async throws {
        for _ in 0..<2 { _ = try await sink.upsert((15..<25).map(point)) }
        #expect(try await count() == 25)
        #expect(try await sink.count() == 25)
    }

    private func takesManyUpsertsAtOnce() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in stride(from: 100, to: 200, by: 10) {
                group.addTask { _ = try await sink.upsert((start..<start + 10).map(point)) }
            }
            try await group.waitForAll()
        }
        #expect(try await count() == 125)
        #expect(try await sink.points(of: keys(100..<200), .marks).count == 100)
    }

    private func answersForAThousandKeys() async throws {
        let keys = keys(0..<1_000)
        #expect(try await Set(sink.points(of: keys, .marks).keys) == Set(keys[..<25] + keys[100..<200]))
    }

    func keys(_ numbers: Range<Int>) -> [RowKey] {
        numbers.map { point($0).row.key }
    }

    /// What is stored of a point; a failure when it is not there.
    func stored(_ number: Int, _ detail: PointDetail) async throws -> StoredPoint {
        let key = point(number).row.key
        return try #require(try await sink.points(of: [key], detail)[key])
    }
}
