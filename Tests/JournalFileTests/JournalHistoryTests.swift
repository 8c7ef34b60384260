import Pipeline
import Testing

@testable import JournalFile

struct JournalHistoryTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var events: [JournalEvent]
        /// The run that a full one takes up.
        var interrupted: InterruptedRun?
        /// The run that an incremental one takes up.
        var interruptedIncremental: InterruptedRun?
    }

    private static let cases = [
        Case(testDescription: "nothing", events: []),
        Case(
            testDescription: "begun, and killed",
            events: [Sample.began()],
            interrupted: InterruptedRun(header: Sample.header(), checkpoint: nil)
        ),
        Case(
            testDescription: "killed after a mark",
            events: [Sample.began(), Sample.checkpoint(1), Sample.checkpoint(2)],
            interrupted: InterruptedRun(header: Sample.header(), checkpoint: Sample.mark(2))
        ),
        Case(
            testDescription: "interrupted",
            events: [Sample.began(), Sample.checkpoint(1), Sample.ended(.interrupted, 1)],
            interrupted: InterruptedRun(header: Sample.header(), checkpoint: Sample.mark(1))
        ),
        Case(
            testDescription: "failed",
            events: [Sample.began(), Sample.ended(.failed, 0)],
            interrupted: InterruptedRun(header: Sample.header(), checkpoint: nil)
        ),
        Case(
            testDescription: "completed",
            events: [Sample.began(), Sample.checkpoint(1), Sample.ended(.completed, 1)]
        ),
        Case(
            testDescription: "completed with rejects",
            events: [Sample.began(), Sample.checkpoint(1), Sample.ended(.completedWithRejects, 1)]
        ),
        Case(
            testDescription: "resumed, and killed before a mark",
            events: [
                Sample.began(), Sample.checkpoint(1), Sample.ended(.interrupted, 1), Sample.began(attempt: 2),
            ],
            interrupted: InterruptedRun(header: Sample.header(attempt: 2), checkpoint: Sample.mark(1))
        ),
        Case(
            testDescription: "resumed and completed",
            events: [
                Sample.began(), Sample.checkpoint(1), Sample.began(attempt: 2), Sample.ended(.completed, 9),
            ]
        ),
        Case(
            testDescription: "begun anew, and killed",
            events: [Sample.began(), Sample.checkpoint(1), Sample.began("bbbb")],
            interrupted: InterruptedRun(header: Sample.header("bbbb"), checkpoint: nil)
        ),
        Case(
            testDescription: "begun anew and completed",
            events: [Sample.began(), Sample.checkpoint(1), Sample.began("bbbb"), Sample.ended(.completed, 9)]
        ),
        Case(
            testDescription: "limited, and killed",
            events: [Sample.began(limit: 10), Sample.checkpoint(1)]
        ),
        Case(
            testDescription: "interrupted before a limited one",
            events: [
                Sample.began(), Sample.checkpoint(1), Sample.ended(.interrupted, 1), Sample.began("bbbb", limit: 10),
                Sample.checkpoint(5), Sample.ended(.completed, 5),
            ],
            interrupted: InterruptedRun(header: Sample.header(), checkpoint: Sample.mark(1))
        ),
        Case(
            testDescription: "completed before a limited one that was killed",
            events: [
                Sample.began(), Sample.ended(.completed, 1), Sample.began("bbbb", limit: 10), Sample.checkpoint(5),
            ]
        ),
        Case(
            testDescription: "resumed after a limited one",
            events: [
                Sample.began(), Sample.checkpoint(1), Sample.began("bbbb", limit: 10), Sample.checkpoint(5),
                Sample.began(attempt: 2), Sample.checkpoint(2),
            ],
            interrupted: InterruptedRun(header: Sample.header(attempt: 2), checkpoint: Sample.mark(2))
        ),
        Case(
            testDescription: "rejected rows, over two attempts",
            events: [
                Sample.began(), Sample.rejected("a"), Sample.checkpoint(1), Sample.ended(.interrupted, 1),
                Sample.began(attempt: 2), Sample.rejected(nil, rowCount: 3), Sample.checkpoint(2),
            ],
            interrupted: InterruptedRun(
                header: Sample.header(attempt: 2),
                checkpoint: Sample.mark(2),
                rejectedKeys: ["a", nil]
            )
        ),
        Case(
            testDescription: "interrupted before a retry of its rejected rows",
            events: [
                Sample.began(), Sample.rejected("a"), Sample.checkpoint(1), Sample.ended(.interrupted, 1),
                Sample.began("bbbb", .incremental, retriesRejected: true), Sample.checkpoint(5),
                Sample.ended(.completed, 5),
            ],
            interrupted: InterruptedRun(
                header: Sample.header(),
                checkpoint: Sample.mark(1),
                rejectedKeys: ["a"]
            )
        ),
        Case(
            testDescription: "a retry was killed",
            events: [Sample.began("bbbb", .incremental, retriesRejected: true), Sample.checkpoint(1)]
        ),
        Case(testDescription: "events of no run", events: [Sample.checkpoint(1), Sample.ended(.failed, 1)]),
    ]

    private static let incrementalCases = [
        Case(
            testDescription: "an incremental run was interrupted",
            events: [
                Sample.began("iiii", .incremental), Sample.rejected("a"), Sample.checkpoint(1),
                Sample.ended(.interrupted, 1),
            ],
            interruptedIncremental: InterruptedRun(
                header: Sample.header("iiii", .incremental),
                checkpoint: Sample.mark(1),
                rejectedKeys: ["a"]
            )
        ),
        Case(
            testDescription: "an incremental run was completed",
            events: [Sample.began("iiii", .incremental), Sample.checkpoint(1), Sample.ended(.completed, 1)]
        ),
        Case(
            testDescription: "a full run was interrupted, and incremental ones were completed since",
            events: [
                Sample.began(), Sample.checkpoint(1), Sample.began("iiii", .incremental), Sample.ended(.completed, 9),
                Sample.began("jjjj", .incremental), Sample.ended(.completed, 9),
            ],
            interrupted: InterruptedRun(header: Sample.header(), checkpoint: Sample.mark(1))
        ),
        Case(
            testDescription: "a full run was interrupted, and an incremental one since",
            events: [
                Sample.began(), Sample.checkpoint(1), Sample.began("iiii", .incremental), Sample.checkpoint(2),
            ],
            interrupted: InterruptedRun(header: Sample.header(), checkpoint: Sample.mark(1)),
            interruptedIncremental: InterruptedRun(
                header: Sample.header("iiii", .incremental),
                checkpoint: Sample.mark(2)
            )
        ),
        Case(
            testDescription: "an incremental run was interrupted before a full one was completed",
            events: [
                Sample.began("iiii", .incremental), Sample.checkpoint(1), Sample.began(), Sample.ended(.completed, 9),
            ]
        ),
        Case(
            testDescription: "an incremental run was interrupted before a full one was",
            events: [Sample.began("iiii", .incremental), Sample.checkpoint(1), Sample.began(), Sample.checkpoint(2)],
            interrupted: InterruptedRun(header: Sample.header(), checkpoint: Sample.mark(2))
        ),
        Case(
            testDescription: "an incremental run was interrupted before another one was completed",
            events: [
                Sample.began("iiii", .incremental), Sample.checkpoint(1), Sample.began("jjjj", .incremental),
                Sample.ended(.completedWithRejects, 9),
            ]
        ),
        Case(
            testDescription: "an incremental run was interrupted before limited ones",
            events: [
                Sample.began("iiii", .incremental), Sample.checkpoint(1), Sample.began("llll", limit: 3),
                Sample.began("mmmm", .incremental, limit: 3), Sample.ended(.completed, 3),
            ],
            interruptedIncremental: InterruptedRun(
                header: Sample.header("iiii", .incremental),
                checkpoint: Sample.mark(1)
            )
        ),
        Case(
            testDescription: "a full run was taken up after an incremental one, and completed",
            events: [
                Sample.began(), Sample.checkpoint(1), Sample.began("iiii", .incremental), Sample.checkpoint(2),
                Sample.began(attempt: 2), Sample.ended(.completed, 9),
            ]
        ),
    ]

    @Test(arguments: cases + incrementalCases)
    func `knows the run to take up`(example: Case) async throws {
        try check(Sample.history([example.events]), example)
        let fixture = JournalFixture()
        try await fixture.write(example.events.map { [$0] })
        try await check(fixture.reopened().history, example)
        // Neither does compaction change it.
        var limits = JournalLimits()
        limits.compactionByteCount = 1
        try await check(fixture.reopened(limits: limits).history, example)
        try await #expect(fixture.reopened(limits: limits).history == Sample.history([example.events]))
    }

    private func check(_ history: JournalHistory, _ example: Case) {
        #expect(history.interrupted(.full) == example.interrupted)
        #expect(history.interrupted(.incremental) == example.interruptedIncremental)
    }

    @Test func `forgets the rejected rows of a completed run`() throws {
        let history = try Sample.history([
            [Sample.began(), Sample.rejected("a"), Sample.checkpoint(1), Sample.ended(.completedWithRejects, 1)]
        ])
        let run = try #require(history.runs.last)
        #expect(run.rejected == RejectedRows() && run.rejectedRows == 1)
    }

    @Test func `knows what the latest run into a collection has put on record of its embedder`() throws {
        var events = [Sample.began()]
        func record(_ collection: String = "code_patterns") throws -> String? {
            try Sample.history([events]).recordingRun(into: collection)?.header.embedderRecord
        }
        #expect(try record() == nil)
        events += [Sample.ended(.completed, 1), Sample.began("bbbb", embedderRecord: "first")]
        #expect(try record() == "first")
        events += [Sample.began("cccc", .incremental, limit: 1, embedderRecord: "second"), Sample.began("dddd")]
        #expect(try record() == "second")
        // A run that is taken up again is the latest one.
        events += [Sample.began("bbbb", attempt: 2, embedderRecord: "third")]
        #expect(try record() == "third")
        #expect(try record("code_patterns__g1") == nil)
    }

    @Test func `counts attempts at a run as one run, by when it was last begun`() throws {
        let history = try Sample.history([
            [
                Sample.began(), Sample.rejected("a"), Sample.checkpoint(1), Sample.ended(.interrupted, 1),
                Sample.began("bbbb", limit: 3), Sample.ended(.completed, 3),
                Sample.began(attempt: 2), Sample.rejected("b", rowCount: 2), Sample.checkpoint(2),
            ]
        ])
        #expect(history.runs.map(\.header.runID) == ["bbbb", "aaaa"])
        let run = try #require(history.runs.last)
        #expect(run.header.attempt == 2)
        #expect(run.status == nil && run.endedAt == nil)
        #expect(run.rejectedRows == 3)
        #expect(run.tally == Sample.tally(2))
    }
}
