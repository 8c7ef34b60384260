internal import CurlHTTP
internal import FoundationEssentials
public import Pipeline
internal import WireJSON

extension QdrantSink: VectorSink {
    /// What Qdrant tells of a change.
    private struct Update: Decodable {
        let status: String
    }

    @concurrent
    public func upsert(_ points: [Point]) async throws(PipelineError) -> Int {
        let bodies = UpsertBody(source: source, payload: payload).bodies(for: points, limit: bodyLimit)
        for body in bodies {
            let answer = try await client.send(.put, "/points?wait=true", body.bytes, isChange: true)
            try check([try client.result(Update.self, of: answer)], count: 1, "the upsert")
        }
        return bodies.count
    }

    /// Replaces the payloads of points that are there, leaving their vectors.
    ///
    /// - Returns: how many requests it took; when it returns, all payloads are stored durably.
    /// - Throws: as `upsert` does; `.row` also when one of the points is not there. After any error some of the payloads
    ///   may be replaced: replacing them again is harmless.
    @concurrent
    public func replacePayloads(_ updates: [PayloadUpdate]) async throws(PipelineError) -> Int {
        let bodies = PayloadUpdateBody(source: source, payload: payload).bodies(for: updates, limit: bodyLimit)
        for body in bodies {
            let answer = try await client.send(.post, "/points/batch?wait=true", body.bytes, isChange: true)
            try check(try client.result([Update].self, of: answer), count: body.entryCount, "a new payload")
        }
        return bodies.count
    }

    /// Deletes the points. Deleting what is not there is no error.
    ///
    /// - Returns: how many requests it took; when it returns, the points are gone durably.
    /// - Throws: `.server` when the same call may succeed later, `.setup` when no call can succeed. After any error some
    ///   of the points may be gone.
    @concurrent
    public func delete(_ points: [PointReference]) async throws(PipelineError) -> Int {
        var bodies = RequestBodies(
            opening: "{\"points\":[",
            closing: "]}",
            limit: bodyLimit,
            estimatedSize: 64 + 40 * points.count
        )
        for point in points { bodies.append { $0.append(contentsOf: point.id.utf8) } }
        let finished = bodies.finish()
        for body in finished {
            let answer = try await client.send(.post, "/points/delete?wait=true", body.bytes)
            try check([try client.result(Update.self, of: answer)], count: 1, "the deletion")
        }
        return finished.count
    }

    /// Deletes a point that is not there: nobody has a random UUID that was made just now.
    @concurrent
    public func probe() async throws(PipelineError) -> Int {
        let body = Array("{\"points\":[\"\(UUID().uuidString.lowercased())\"]}".utf8)
        let answer = try await client.send(.post, "/points/delete?wait=true", body)
        try check([try client.result(Update.self, of: answer)], count: 1, "a deletion")
        return 1
    }

    private var payload: PointPayload {
        PointPayload(source: source, embedder: embedder, timestamp: timestamp())
    }

    private func check(_ updates: [Update], count: Int, _ what: String) throws(PipelineError) {
        // Anything else was only taken note of: it is not yet stored.
        if let update = updates.first(where: { $0.status != "completed" }) {
            throw PipelineError(
                .server(retryAfter: nil),
                "Qdrant: \(what) ended as '\(update.status)', not 'completed'"
            )
        }
        guard updates.count == count else {
            throw PipelineError(.server(retryAfter: nil), "Qdrant: \(updates.count) of \(count) changes are confirmed")
        }
    }
}
