internal import Pipeline
internal import WireJSON

/// Reads points out of answers, in one pass over their bytes.
enum PointAnswer {
    /// Of a request for points by their ids.
    ///
    /// - Parameter dimension: the number of components of a vector that can be used.
    static func points(in answer: [UInt8], dimension: Int?) throws(PipelineError) -> [FoundPoint] {
        do throws(VectorFault) {
            var cursor = JSONCursor(answer)
            try findResult(&cursor)
            let points = try list(&cursor, dimension: dimension)
            while try cursor.nextMember() { try cursor.skip() }
            return points
        } catch {
            throw unexpected
        }
    }

    /// Of a request for a page of points: they, and the JSON of the id that the next page begins with.
    static func page(in answer: [UInt8]) throws(PipelineError) -> (points: [FoundPoint], next: String?) {
        do throws(VectorFault) {
            var cursor = JSONCursor(answer)
            var points: [FoundPoint]?
            var next: String?
            try findResult(&cursor)
            guard try cursor.enterObject() else { throw .missing }
            while try cursor.nextMember() {
                if cursor.isNamed("points") {
                    points = try list(&cursor, dimension: nil)
                } else if cursor.isNamed("next_page_offset") {
                    next = String(decoding: try cursor.value(), as: UTF8.self)
                } else {
                    try cursor.skip()
                }
            }
            while try cursor.nextMember() { try cursor.skip() }
            guard let points else { throw .missing }
            return (points, next == "null" ? nil : next)
        } catch {
            throw unexpected
        }
    }

    private static var unexpected: PipelineError {
        PipelineError(.server(retryAfter: nil), "Qdrant: the answer is not the expected JSON")
    }

    /// Moves to what the answer wraps.
    private static func findResult(_ cursor: inout JSONCursor) throws(VectorFault) {
        guard try cursor.enterObject() else { throw .missing }
        while try cursor.nextMember() {
            if cursor.isNamed("result") { return }
            try cursor.skip()
        }
        throw .missing
    }

    private static func list(_ cursor: inout JSONCursor, dimension: Int?) throws(VectorFault) -> [FoundPoint] {
        var points: [FoundPoint] = []
        guard try cursor.enterArray() else { throw .missing }
        while try cursor.nextElement() { points.append(try FoundPoint(&cursor, dimension: dimension)) }
        return points
    }
}
