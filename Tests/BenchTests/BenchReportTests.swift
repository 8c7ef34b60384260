import Bench
import Testing

@Suite struct `A report` {
    @Test func `says which format it has`() {
        let report = BenchReport(
            status: .completed,
            startedAt: "2026-01-01T00:00:00Z",
            durationSeconds: 1,
            version: "1.0.0",
            machine: .init(system: "Linux", processors: 2),
            model: .init(name: "m", provider: "ollama", digest: nil, dimension: 768, contextLength: nil),
            texts: .init(origin: .builtIn, count: 1, meanBytes: 1, p95Bytes: 1)
        )
        #expect(report.format == BenchReport.currentFormat)
    }
}
