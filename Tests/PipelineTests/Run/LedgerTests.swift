import TestSupport
import Testing

@testable import Pipeline

@Suite
struct LedgerTests {
    private func result(rows: Int, rejecting keys: [String] = []) -> ChunkResult {
        var tally = Tally()
        tally.rowsRead = rows
        tally.rejected = keys.count
        return ChunkResult(tally: tally, rejections: keys.map { Rejection(key: $0, reason: "blank text") })
    }

    @Test func `has nothing to make durable before the mark moves`() {
        var ledger = Ledger(from: Checkpoint(position: Position("a"), tally: Tally()), at: .zero)
        #expect(!ledger.isCommitDue(at: .seconds(100), interval: .zero))
        let nothing = ledger.takeUncommitted(at: .seconds(100))
        #expect(nothing == nil)
    }

    @Test func `adds to the counts of earlier attempts`() {
        var ledger = Ledger(from: Checkpoint(position: Position("a"), tally: result(rows: 7).tally), at: .zero)
        ledger.advance(to: Position("b"), result(rows: 5))
        #expect(ledger.tally.rowsRead == 12)
        #expect(ledger.position == Position("b"))
    }

    @Test func `commits the rejections below the mark before the mark, each once`() throws {
        var ledger = Ledger(from: nil, at: .zero)
        ledger.advance(to: Position("a"), result(rows: 3, rejecting: ["1"]))
        ledger.advance(to: Position("b"), result(rows: 3, rejecting: ["4", "5"]))
        let firstCommit = ledger.takeUncommitted(at: .seconds(1))
        let first = try #require(firstCommit)
        #expect(
            first.events == ["1", "4", "5"].map { .rejected(Rejection(key: $0, reason: "blank text")) }
                + [.checkpoint(first.checkpoint)]
        )
        #expect(first.checkpoint.position == Position("b"))
        #expect(first.checkpoint.tally.rowsRead == 6)
        let nothing = ledger.takeUncommitted(at: .seconds(1))
        #expect(nothing == nil)

        ledger.advance(to: Position("c"), result(rows: 1))
        let secondCommit = ledger.takeUncommitted(at: .seconds(2))
        let second = try #require(secondCommit)
        #expect(second.events == [.checkpoint(second.checkpoint)])
    }

    @Test func `is due when the interval since the last commit is over`() {
        var ledger = Ledger(from: nil, at: .seconds(10))
        ledger.advance(to: Position("a"), result(rows: 1))
        #expect(!ledger.isCommitDue(at: .seconds(10.5), interval: .seconds(1)))
        #expect(ledger.isCommitDue(at: .seconds(11), interval: .seconds(1)))

        _ = ledger.takeUncommitted(at: .seconds(11))
        ledger.advance(to: Position("b"), result(rows: 1))
        #expect(!ledger.isCommitDue(at: .seconds(11.5), interval: .seconds(1)))
        #expect(ledger.isCommitDue(at: .seconds(12), interval: .seconds(1)))
    }

    @Test func `amends what lies below the mark, and leaves the mark where it is`() throws {
        var ledger = Ledger(from: Checkpoint(position: Position("a"), tally: result(rows: 7).tally), at: .zero)
        var further = result(rows: 5, rejecting: ["4"])
        further.tally.unchanged = 3
        further.tally.upserted = 1
        ledger.amend(further)
        let commit = ledger.takeUncommitted(at: .seconds(1))
        let (events, checkpoint) = try #require(commit)
        #expect(checkpoint.position == Position("a"))
        // Its rows have been counted as read before.
        var tally = result(rows: 7, rejecting: ["4"]).tally
        tally.upserted = 1
        #expect(checkpoint.tally == tally)
        #expect(events == [.rejected(Rejection(key: "4", reason: "blank text")), .checkpoint(checkpoint)])
    }

    @Test func `has nothing to make durable after a further pass that changed nothing`() {
        var ledger = Ledger(from: Checkpoint(position: Position("a"), tally: result(rows: 7).tally), at: .zero)
        var further = result(rows: 7)
        further.tally.unchanged = 7
        ledger.amend(further)
        let nothing = ledger.takeUncommitted(at: .seconds(1))
        #expect(nothing == nil)
    }

    @Test func `knows the rows that have been rejected before, those without a key too`() {
        var ledger = Ledger(from: nil, rejectedKeys: ["1", nil], at: .zero)
        var met = result(rows: 11, rejecting: ["1", "2"])
        met.rejections.append(Rejection(key: nil, reason: "the key is NULL", rowCount: 7))
        met.tally.rejected = 9
        let first = ledger.withoutKnownRejections(met)
        #expect(first.rejections.map(\.key) == ["2"])
        // Those without a key have been counted as read, too: no mark lies above them.
        #expect(first.tally.rejected == 1 && first.tally.rowsRead == 4)
        let second = ledger.withoutKnownRejections(met)
        #expect(second.rejections.isEmpty && second.tally.rejected == 0)
    }
}
