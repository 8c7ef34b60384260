import Pipeline
import TestSupport
import Testing

/// The doubles keep what the contracts promise, so that a test with them says something about the real ones.
@Suite(.timeLimit(.minutes(1)))
struct DoublesContractTests {
    @Test func `the scripted source is a row source`() async throws {
        let rejected: Set = [2, 3, 11]
        let keys = (0..<12).filter { !rejected.contains($0) }.map { Row.sample($0).key }
        let contract = RowSourceContract(keys: keys, rejected: rejected.count) {
            ScriptedRowSource(count: 12, rejected: rejected, snapshotRows: 5)
        }
        try await contract.check()
    }

    @Test func `the fake embedder is an embedder`() async throws {
        try await EmbedderContract(FakeEmbedder(), dimension: 3).check()
    }

    @Test func `the sink in memory is a sink`() async throws {
        let sink = InMemorySink()
        let contract = VectorSinkContract(
            sink,
            point: { number in
                let row = Row.sample(number)
                return Point(row: row, vector: FakeEmbedder.vector(of: row.text))
            },
            count: { sink.content.count }
        )
        try await contract.check()
    }

    @Test func `the journal in memory is a journal`() async throws {
        let journal = InMemoryJournal()
        try await JournalContract(open: { journal }, events: { journal.events }).check()
    }

    @Test func `the manual clock wakes only those whose sleep is over`() async throws {
        let clock = ManualClock()
        let woken = Level()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try await clock.sleep(for: .seconds(seconds))
                    woken.change(by: 1)
                }
            }
            await clock.sleepers.reaches(3)
            #expect(clock.nextWake == .seconds(1))
            clock.advance(by: .seconds(2))
            await woken.reaches(2)
            #expect(clock.nextWake == .seconds(1))
            clock.advance(by: .seconds(1))
            try await group.waitForAll()
        }
        #expect(woken.value == 3)
        #expect(clock.now.offset == .seconds(3))
    }
}
