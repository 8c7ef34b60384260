import Benchmark
import Foundation
import WireJSON

/// An embedding server's answer: 32 vectors of 768 components, printed as such servers print them.
private let answer: [UInt8] = {
    var generator = SystemRandomNumberGenerator()
    let vectors = (0..<32).map { _ in
        "[" + (0..<768).map { _ in Float.random(in: -0.1...0.1, using: &generator).description }.joined(separator: ",")
            + "]"
    }
    return Array("{\"model\":\"m\",\"embeddings\":[\(vectors.joined(separator: ","))],\"total_duration\":1}".utf8)
}()

private struct Answer: Decodable {
    let embeddings: [[Float]]
}

private struct Upsert: Encodable {
    struct Point: Encodable {
        let id: Int
        let vector: [Float]
    }
    let points: [Point]
}

/// The way of a vector from the answer into the body of an upsert, 32 of them an iteration.
let benchmarks: @Sendable () -> Void = {
    let metrics: [BenchmarkMetric] = [.wallClock, .cpuTotal, .throughput]

    Benchmark("carried as bytes, scanned once", configuration: .init(metrics: metrics, maxDuration: .seconds(3))) {
        benchmark in
        for _ in benchmark.scaledIterations {
            var body: [UInt8] = []
            for (id, vector) in try VectorScan.embeddings(in: answer, dimension: 768).enumerated() {
                body.append(contentsOf: "{\"id\":\(id),\"vector\":".utf8)
                body.append(contentsOf: vector)
                body.append(json: "},")
            }
            blackHole(body)
        }
    }

    Benchmark("decoded and encoded again", configuration: .init(metrics: metrics, maxDuration: .seconds(3))) {
        benchmark in
        for _ in benchmark.scaledIterations {
            let decoded = try JSONDecoder().decode(Answer.self, from: Data(answer))
            let points = decoded.embeddings.enumerated().map { Upsert.Point(id: $0.offset, vector: $0.element) }
            blackHole(try JSONEncoder().encode(Upsert(points: points)))
        }
    }
}
