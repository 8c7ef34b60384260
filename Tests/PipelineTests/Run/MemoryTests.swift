#if os(Linux)
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite(.enabled(if: !Sanitizer.isOn), .timeLimit(.minutes(10)))
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

    @Test func `holds no more large rows at once than the window has bytes for`() async {
        await #expect(processExitsWith: .success) {
            let before = try peakMemory()
            let source = ScriptedRowSource(
                count: 200,
                row: { number in
                    var row = Row.sample(number)
                    row.text = Array(repeating: UInt8(ascii: "x"), count: 256 << 10)[...]
                    return row
                }
            )
            var engine = EngineFixture(source: source)
            engine.embedders = [
                FakeEmbedder(remembersTexts: false) { _, _ throws(PipelineError) in
                    for _ in 0..<100 { await Task.yield() }
                }
            ]
            engine.requestLimit = 100
            engine.sink = InMemorySink(forgets: true)
            engine.options.chunkRows = 2
            engine.options.window = 40
            engine.options.windowBytes = 2 << 20
            let summary = await engine.run()
            try #require(summary.status == .completed && engine.sink.accepted.value == 200)
            let growth = try peakMemory() - before
            // Four chunks in flight, one that waits, and what making one of them takes; all rows together have 50 MB.
            try #require(growth < 20 << 20, "grew by \(growth) bytes")
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
