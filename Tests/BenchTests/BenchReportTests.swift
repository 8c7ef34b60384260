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

    @Test(arguments: SampleName.allCases) func `that was measured has no fault`(sample: SampleName) {
        #expect(sample.report.fault == nil)
    }

    @Test(arguments: [
        ReportSamples.estimate(-5), ReportSamples.estimate(1e308), ReportSamples.estimate(.nan),
        Estimate(mean: 5, low: 6, high: 4, samples: 9), Estimate(mean: 5, low: 4, high: 6, samples: -1),
        Estimate(mean: 5, low: -3, high: 6, samples: 9), Estimate(mean: 5, low: 4, high: .infinity, samples: 9),
    ])
    func `with a rate that nobody can have measured has a fault`(_ rate: Estimate) {
        var report = ReportSamples.serial()
        report.servers[0].cells[0].textsPerSecond = rate
        #expect(report.fault == "1 texts a request, 1 in flight at http://localhost:11434")
        report = ReportSamples.twoServers()
        report.stages[1].rowsPerSecond = rate
        #expect(report.fault == "the embedder")
    }

    @Test(arguments: [-1, 0, .max]) func `with counts that nobody can have counted has a fault`(_ value: Int) {
        let changes: [(inout ServerReport.Cell) -> Void] = [
            { $0.setting.texts = value }, { $0.setting.inFlight = value }, { $0.requests = value == 0 ? -2 : value },
            { $0.errors = value == 0 ? -2 : value }, { $0.latency.histogram[0].count = value == 0 ? -2 : value },
        ]
        for change in changes {
            var report = ReportSamples.serial()
            change(&report.servers[0].cells[0])
            #expect(report.fault != nil)
        }
    }
}
