import Pipeline
import TestSupport
import Testing

@testable import JournalFile

/// Which rejected rows a retry is for.
struct OutstandingTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var events: [JournalEvent]
        var keys: Set<RejectedKey> = []
        var keyless = 0
    }

    /// A run of all rows that came to its end and rejected these.
    private static func whole(
        _ runID: String,
        _ rejected: String...,
        mode: SyncMode = .full
    ) -> [JournalEvent] {
        [Sample.began(runID, mode)] + rejected.map { Sample.rejected($0) }
            + [Sample.ended(rejected.isEmpty ? .completed : .completedWithRejects, 9)]
    }

    /// A retry that came to its end and rejected these again.
    private static func retry(_ runID: String, _ rejected: String...) -> [JournalEvent] {
        [Sample.began(runID, .incremental, retriesRejected: true)] + rejected.map { Sample.rejected($0) }
            + [Sample.ended(rejected.isEmpty ? .completed : .completedWithRejects, 9)]
    }

    private static func limited(_ runID: String, _ rejected: String...) -> [JournalEvent] {
        [Sample.began(runID, limit: 5)] + rejected.map { Sample.rejected($0) } + [Sample.ended(.completed, 5)]
    }

    private static let cases = [
        Case(testDescription: "nothing", events: []),
        Case(testDescription: "a whole run", events: whole("aaaa", "a", "b"), keys: ["a", "b"]),
        Case(
            testDescription: "a whole run counts for all that were before",
            events: whole("aaaa", "a", "b") + limited("bbbb", "c") + whole("cccc", "b"),
            keys: ["b"]
        ),
        Case(
            testDescription: "an incremental run is one of all rows",
            events: whole("aaaa", "a", "b") + whole("bbbb", "c", mode: .incremental),
            keys: ["c"]
        ),
        Case(
            testDescription: "a limited run adds to them",
            events: whole("aaaa", "a") + limited("bbbb", "c"),
            keys: ["a", "c"]
        ),
        Case(
            testDescription: "so does one that was killed",
            events: whole("aaaa", "a") + [Sample.began("bbbb"), Sample.rejected("c"), Sample.checkpoint(1)],
            keys: ["a", "c"]
        ),
        Case(
            testDescription: "so does one that failed",
            events: whole("aaaa", "a") + [Sample.began("bbbb"), Sample.rejected("c"), Sample.ended(.failed, 1)],
            keys: ["a", "c"]
        ),
        Case(
            testDescription: "a run of several attempts rejected what each of them did",
            events: [
                Sample.began(), Sample.rejected("a"), Sample.checkpoint(1), Sample.ended(.interrupted, 1),
                Sample.began(attempt: 2), Sample.rejected("b"), Sample.ended(.completedWithRejects, 9),
            ],
            keys: ["a", "b"]
        ),
        Case(
            testDescription: "a retry leaves what it rejected again",
            events: whole("aaaa", "a", "b", "c") + retry("bbbb", "b"),
            keys: ["b"]
        ),
        Case(testDescription: "a retry of all", events: whole("aaaa", "a", "b") + retry("bbbb")),
        Case(
            testDescription: "a retry that was killed has done nothing",
            events: whole("aaaa", "a", "b")
                + [Sample.began("bbbb", .incremental, retriesRejected: true), Sample.rejected("b")],
            keys: ["a", "b"]
        ),
        Case(
            testDescription: "rows are rejected after a retry",
            events: whole("aaaa", "a", "b") + retry("bbbb", "b") + limited("cccc", "d"),
            keys: ["b", "d"]
        ),
        Case(
            testDescription: "a retry in between an interrupted run and the next attempt at it",
            events: [Sample.began(), Sample.rejected("a"), Sample.checkpoint(1)] + retry("bbbb")
                + [Sample.began(attempt: 2), Sample.rejected("c")],
            keys: ["a", "c"]
        ),
        Case(
            testDescription: "a retry in between an interrupted run and its completion",
            events: [Sample.began(), Sample.rejected("a"), Sample.checkpoint(1)] + retry("bbbb")
                + [Sample.began(attempt: 2), Sample.ended(.completed, 9)],
            keys: ["a"]
        ),
        Case(
            testDescription: "no retry does away with rows that have no key",
            events: [
                Sample.began(), Sample.rejected("a"), Sample.rejected(nil, rowCount: 3),
                Sample.ended(.completedWithRejects, 9),
            ] + retry("bbbb"),
            keyless: 3
        ),
        Case(
            testDescription: "a whole run does away with rows that have no key",
            events: [Sample.began(), Sample.rejected(nil, rowCount: 3), Sample.ended(.completedWithRejects, 9)]
                + whole("bbbb", "a"),
            keys: ["a"]
        ),
    ]

    @Test(arguments: cases)
    func `are those that are still to be carried over`(example: Case) async throws {
        let expected = RejectedRows(keys: example.keys, keyless: example.keyless)
        try #expect(Sample.history([example.events]).outstanding == expected)
        let fixture = JournalFixture()
        try await fixture.write(example.events.map { [$0] })
        var limits = JournalLimits()
        limits.compactionByteCount = 1
        // Whether the lists of the last runs are kept, or none but the last one's, and however often.
        for listed in [3, 1] {
            limits.listedRunCount = listed
            for _ in 0..<2 { try await #expect(fixture.reopened(limits: limits).history.outstanding == expected) }
        }
        try await #expect(fixture.reopened().history == Sample.history([example.events]))
    }

    @Test func `outlive the lists of the runs that rejected them`() async throws {
        var limits = JournalLimits()
        limits.compactionByteCount = 1
        let fixture = JournalFixture()
        var events = Self.whole("aaaa", "a", "b", "c") + Self.limited("bbbb", "d")
        try await fixture.write([events], limits: limits)
        let later = (0..<70).map { Self.limited("run-\($0)") } + [Self.retry("cccc", "b", "d")]
        for run in later + (0..<10).map({ Self.limited("more-\($0)") }) {
            events += run
            try await fixture.write([run], limits: limits)
        }
        let contents = try await JournalReader.contents(of: fixture.location)
        #expect(contents.history.outstanding == RejectedRows(keys: ["b", "d"]))
        #expect(try Sample.history([events]).outstanding == contents.history.outstanding)
        // Their keys are all that is left of them.
        #expect(!contents.entries.contains { if case .rejected = $0.event { true } else { false } })
    }

    /// Runs at random, compacted now and then: what is told stays the same.
    @Test(arguments: SeededRandom.seeds(Torture.rounds(10, long: 400)))
    func `are the same however often the journal is compacted`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        var events: [JournalEvent] = []
        let fixture = JournalFixture()
        var limits = JournalLimits()
        limits.listedRunCount = 2
        limits.runCount = 6
        var interrupted: (runID: String, mode: SyncMode, attempt: Int)?
        for number in 0..<30 {
            let kind = Int.random(in: 0..<5, using: &random)
            var header = Sample.header("run-\(number)", kind < 2 ? .full : .incremental)
            if kind == 3 { header.limit = 4 }
            if kind == 4 { header.retriesRejected = true }
            if kind < 2, let run = interrupted, run.mode == .full {
                header = Sample.header(run.runID, .full, attempt: run.attempt + 1)
            }
            var run: [JournalEvent] = [.began(header)]
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                run.append(Sample.rejected("k\(Int.random(in: 0..<12, using: &random))"))
            }
            if Int.random(in: 0..<6, using: &random) == 0 { run.append(Sample.rejected(nil, rowCount: number + 1)) }
            let isFinal = Int.random(in: 0..<3, using: &random) > 0
            if isFinal || Bool.random(using: &random) { run.append(Sample.ended(isFinal ? .completed : .failed, 5)) }
            if kind < 2 { interrupted = isFinal ? nil : (header.runID, .full, header.attempt) }
            events += run
            limits.compactionByteCount = Bool.random(using: &random) ? 1 : 1 << 30
            try await fixture.write([run], limits: limits)
            let expected = try Sample.history([events]).outstanding
            let found = try await JournalReader.contents(of: fixture.location).history.outstanding
            #expect(found == expected, "after \(number + 1) runs")
        }
    }
}
