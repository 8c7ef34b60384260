import Benchmark
import Foundation
import Workloads

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

/// All workloads, and beside the scan what it would take to decode the vectors and print them again.
let benchmarks: @Sendable () -> Void = {
    let configuration = Benchmark.Configuration(
        metrics: [.wallClock, .cpuTotal, .throughput],
        maxDuration: .seconds(3)
    )
    for workload in Workload.all {
        Benchmark("\(workload.name): \(workload.count) x \(workload.iteration)", configuration: configuration) {
            benchmark in
            for _ in benchmark.scaledIterations { try await workload.run(workload.count) }
        }
    }

    Benchmark("for comparison: an answer of 16 vectors decoded and encoded again", configuration: configuration) {
        benchmark in
        for _ in benchmark.scaledIterations {
            let decoded = try JSONDecoder().decode(Answer.self, from: Data(Inputs.answer))
            let points = decoded.embeddings.enumerated().map { Upsert.Point(id: $0.offset, vector: $0.element) }
            blackHole(try JSONEncoder().encode(Upsert(points: points)))
        }
    }
}
