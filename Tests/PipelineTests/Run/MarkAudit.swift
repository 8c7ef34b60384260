import Pipeline
import TestSupport
import Threading

/// Watches a journal: whenever it is told a mark, every row below it has to be stored, or rejected in the journal. The
/// mark goes up; it stays where it is only with something new to tell about the rows below it.
final class MarkAudit: Sendable {
    private struct State {
        var rejected: Set<String> = []
        var mark: Int
        var tally: Tally?
        var marks = 0
        var faults: [String] = []
    }

    private let sink: InMemorySink
    private let state: Locked<State>

    /// - Parameters:
    ///   - mark: the first row above the mark that the run resumes from.
    ///   - rejected: the keys that the journal holds as rejected already.
    init(of sink: InMemorySink, from mark: Int = 0, rejected: Set<String> = []) {
        self.sink = sink
        state = Locked(State(rejected: rejected, mark: mark))
    }

    /// What was wrong, in words.
    var faults: [String] { state.withLock { $0.faults } }
    /// How many marks it has seen.
    var marks: Int { state.withLock { $0.marks } }

    /// Has to be called before the journal takes the events.
    func check(_ events: [JournalEvent]) {
        let content = sink.content
        state.withLock { state in
            for event in events {
                switch event {
                case .rejected(let rejection):
                    guard let key = rejection.key else { continue }
                    if !state.rejected.insert(key).inserted { state.faults.append("row \(key) was rejected twice") }
                case .checkpoint(let checkpoint):
                    state.marks += 1
                    let next = checkpoint.nextRow ?? .max
                    let saysMore = events.count > 1 || checkpoint.tally != state.tally
                    if next < state.mark || next == state.mark && !saysMore {
                        state.faults.append("the mark \(next) does not lie above \(state.mark)")
                    }
                    for number in min(state.mark, next)..<next {
                        let isDone = content[.integer(UInt64(number))] != nil || state.rejected.contains("\(number)")
                        if !isDone { state.faults.append("the mark \(next) is above row \(number), which is not done") }
                    }
                    if let above = state.rejected.compactMap(Int.init).first(where: { $0 >= next }) {
                        state.faults.append("row \(above) was rejected above the mark \(next)")
                    }
                    if checkpoint.tally.rowsRead != next { state.faults.append("the mark \(next) counts other rows") }
                    state.mark = next
                    state.tally = checkpoint.tally
                case .began, .ended: break
                }
            }
        }
    }
}
