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
}
