import Pipeline
import Testing

@testable import JournalFile

struct JournalHistoryTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var events: [JournalEvent]
        var interrupted: InterruptedRun?
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
        Case(testDescription: "events of no run", events: [Sample.checkpoint(1), Sample.ended(.failed, 1)]),
    ]

    @Test(arguments: cases)
    func `knows the run to take up`(example: Case) async throws {
        #expect(try Sample.history([example.events]).interrupted == example.interrupted)
        let fixture = JournalFixture()
        try await fixture.write(example.events.map { [$0] })
        try await #expect(fixture.reopened().history.interrupted == example.interrupted)
        // Neither does compaction change it.
        var limits = JournalLimits()
        limits.compactionByteCount = 1
        try await #expect(fixture.reopened(limits: limits).history.interrupted == example.interrupted)
        try await #expect(fixture.reopened(limits: limits).history == Sample.history([example.events]))
    }

    @Test func `counts attempts at a run as one run, by when it was last begun`() throws {
        let history = try Sample.history([
            [
                Sample.began(), Sample.rejected("a"), Sample.checkpoint(1), Sample.ended(.interrupted, 1),
                Sample.began("bbbb", limit: 3), Sample.ended(.completed, 3),
                Sample.began(attempt: 2), Sample.rejected("b", rowCount: 2), Sample.checkpoint(2),
            ]
        ])
        #expect(history.runs.map(\.header.generation) == ["bbbb", "aaaa"])
        let run = try #require(history.runs.last)
        #expect(run.header.attempt == 2)
        #expect(run.status == nil && run.endedAt == nil)
        #expect(run.rejectedRows == 3)
        #expect(run.tally == Sample.tally(2))
    }
}
