import Pipeline
import TestSupport
import Threading

/// Chance that many tasks draw from, and what it does to a table and to points.
final class Chaos: Sendable {
    /// Rows and points have numbers below this.
    static let range = 60

    private let random: Locked<SeededRandom>

    init(seed: UInt64) {
        random = Locked(SeededRandom(seed: seed))
    }

    func number(_ range: ClosedRange<Int>) -> Int {
        random.withLock { Int.random(in: range, using: &$0) }
    }

    /// True once in so many times.
    func happens(onceIn times: Int) -> Bool {
        number(1...times) == 1
    }

    /// Lets other tasks go first.
    func pause() async {
        for _ in 0..<number(0...10) { await Task.yield() }
    }

    /// Inserts, changes or deletes a row, or makes it one that cannot be accepted.
    func stir(_ table: ScriptedTable) {
        let row = number(0...Self.range - 1)
        switch number(0...6) {
        case 0: table.delete(row)
        case 1: table.reject(row)
        case 2: table.put(row, payload: #"{"payload":\#(number(0...3))}"#)
        case 3: table.put(row)
        default: table.put(row, text: text(row))
        }
    }

    /// Does to a point what others than a run can do to it.
    ///
    /// - Parameter keepsVectors: whether no other vector is put in the place of one. Where that happens between a run's look
    ///   at a point and the replacing of its payload, nobody can notice.
    func stir(_ sink: InMemorySink, keepsVectors: Bool = false) {
        let row = number(0...Self.range - 1)
        switch number(keepsVectors ? 0...3 : 0...6) {
        case 0, 1: sink.remove(row)
        case 2: sink.edit(row) { $0.point.row.payload = Array(#"{"edited":true}"#.utf8)[...] }
        case 3: sink.edit(row) { $0.mark = .outdated }
        case 4: sink.put(.sample(row, text: text(row)), .foreign("another sync"))
        case 5: sink.put(.sample(row, text: text(row)), .none, tellsText: happens(onceIn: 2))
        default: sink.putStray("stray \(row)")
        }
    }

    private func text(_ row: Int) -> String {
        "text \(number(0...3)) of row \(row)"
    }
}
