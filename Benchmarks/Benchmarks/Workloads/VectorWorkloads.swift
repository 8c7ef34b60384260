import Pipeline
import WireJSON

@testable import Qdrant

extension Workload {
    /// From an embedding server's answer to the vectors in it.
    static let scan = Workload("scan", "an answer of 16 vectors of 768 components", count: 40) { count in
        let answer = Inputs.answer
        for _ in 0..<count {
            let vectors = try VectorScan.embeddings(in: answer, dimension: Inputs.dimension)
            guard vectors.count == Inputs.vectorsAnAnswer else { throw WorkloadFault("vectors are missing") }
        }
    }

    /// From texts to the JSON of an embedding request.
    static let escape = Workload("escape", "16 texts of 600 bytes", count: 500) { count in
        let text = Inputs.text
        for _ in 0..<count {
            var body: [UInt8] = []
            body.reserveCapacity(16 * text.count * 9 / 8)
            for _ in 0..<16 { body.append(jsonString: text) }
            guard body.count > 16 * text.count else { throw WorkloadFault("nothing was escaped") }
        }
    }

    /// From rows and vectors to the body of an upsert.
    static let splice = Workload("splice", "an upsert of 100 points", count: 20) { count in
        let vectors = try VectorScan.embeddings(in: Inputs.answer, dimension: Inputs.dimension)
        let points = (0..<100).map { number in
            Point(row: Inputs.row(number), vector: Vector(json: vectors[number % vectors.count]))
        }
        for _ in 0..<count {
            let source = "code_patterns"
            let payload = PointPayload(source: source, embedder: "m", timestamp: "2026-01-01T00:00:00Z")
            let body = UpsertBody(source: source, payload: payload)
            guard body.bodies(for: points, limit: 24 << 20).count == 1 else { throw WorkloadFault("no one body") }
        }
    }
}
