#if os(Linux)
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3)))
struct MemoryTests {
    /// In a process of its own, since the other tests need memory at the same time.
    @Test func `needs no more memory for a long table than for a short one`() async {
        await #expect(processExitsWith: .success) {
            let text = String(repeating: "x", count: 2_000)
            func sync(rows: Int) async throws {
                var engine = EngineFixture(
                    source: ScriptedRowSource(count: rows, row: { .sample($0, text: "\($0)" + text) })
                )
                engine.embedders = [FakeEmbedder(remembersTexts: false)]
                engine.sink = InMemorySink(forgets: true)
                engine.options.chunkRows = 100
                engine.options.commitInterval = .seconds(1)
                let summary = await engine.run()
                try #require(summary.status == .completed && engine.sink.accepted.value == rows)
            }
            try await sync(rows: 1_000)
            let before = try peakMemory()
            // More than 60 MB go by.
            try await sync(rows: 30_000)
            let growth = try peakMemory() - before
            try #require(growth < 16 << 20, "grew by \(growth) bytes")
        }
    }
}

/// The most memory that this process has had resident, in bytes.
private func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(Int(line.filter(\.isNumber))) << 10
}
#endif
