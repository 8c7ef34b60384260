import Pipeline
import Testing

@testable import JournalFile

struct JournalReaderTests {
    @Test func `finds nothing where nothing is, and makes nothing`() async throws {
        let fixture = JournalFixture()
        #expect(try await JournalReader.contents(of: fixture.location) == JournalContents())
        #expect(try await JournalReader.syncs(in: fixture.directory) == [])
        #expect(try fixture.fileNames == [])
    }

    @Test func `reads while the journal is written to, rolled and compacted`() async throws {
        let fixture = JournalFixture()
        var limits = JournalLimits()
        limits.segmentByteCount = 1000
        limits.compactionByteCount = 4000
        let journal = try await fixture.open(limits: limits)
        let location = fixture.location
        try await withThrowingTaskGroup { group in
            group.addTask {
                for run in 0..<20 {
                    try await journal.append([Sample.began("run-\(run)")])
                    for rows in 1...10 {
                        try await journal.append([Sample.checkpoint(rows)])
                    }
                    try await journal.append([Sample.ended(.completed, 10)])
                }
            }
            group.addTask {
                var seen = 0
                while seen < 20 {
                    let runs = try await JournalReader.contents(of: location).history.runs
                    #expect(runs.count >= seen)
                    #expect(runs.map(\.header.runID) == (0..<runs.count).map { "run-\($0)" })
                    #expect(runs.dropLast().allSatisfy { $0.status == .completed })
                    seen = runs.count
                }
            }
            try await group.waitForAll()
        }
        await journal.close()
    }

    @Test func `tells of damage where opening does`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Sample.threeGroups)
        var bytes = try fixture.bytes()
        bytes[100] ^= 1
        try fixture.replace(with: bytes)
        let opening = await #expect(throws: PipelineError.self) { try await fixture.location.open() }
        let reading = await #expect(throws: PipelineError.self) {
            try await JournalReader.contents(of: fixture.location)
        }
        #expect(opening == reading)
        #expect(opening != nil)
    }
}
