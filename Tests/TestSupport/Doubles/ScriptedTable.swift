package import Pipeline
internal import Threading

/// A table that row sources and lookups share, and that a test can change while they are at work.
///
/// Its first rows come from a script: as many as wanted, made when they are read.
package final class ScriptedTable: Sendable {
    package enum Entry: Sendable {
        case row(Row)
        /// A row that the source itself cannot accept.
        case rejected(Rejection)
    }

    /// What is committed at one moment.
    package struct Content: Sendable {
        fileprivate let count: Int
        fileprivate let row: @Sendable (Int) -> Row
        /// Of rows that are no longer what the script says; nil where there is no row.
        fileprivate var changes: [Int: Entry?] = [:]
        /// How many rows have no key.
        package fileprivate(set) var keyless = 0
        /// No row has this number or a greater one.
        package fileprivate(set) var end: Int

        package func entry(_ number: Int) -> Entry? {
            if let change = changes[number] { return change }
            return (0..<count).contains(number) ? .row(row(number)) : nil
        }

        /// The rows that can be accepted.
        package var rows: [Row] {
            (0..<end).compactMap { if case .row(let row) = entry($0) { row } else { nil } }
        }

        fileprivate mutating func change(_ number: Int, to entry: Entry?) {
            changes[number] = .some(entry)
            end = max(end, number + 1)
        }
    }

    private let state: Locked<Content>

    /// - Parameters:
    ///   - without: the rows that are not there.
    ///   - rejected: the rows that a source cannot accept.
    ///   - keyless: how many rows have no key.
    ///   - row: makes the row with a number, which counts from 0 and is its key.
    package init(
        count: Int,
        without gaps: Set<Int> = [],
        rejected: Set<Int> = [],
        keyless: Int = 0,
        row: @escaping @Sendable (Int) -> Row = { Row.sample($0) }
    ) {
        state = Locked(Content(count: count, row: row, keyless: keyless, end: count))
        for number in gaps { delete(number) }
        for number in rejected { reject(number) }
    }

    package var content: Content { state.withLock { $0 } }

    /// Inserts the row with this number, or changes it.
    package func put(_ number: Int, text: String? = nil, payload: String? = nil) {
        let row = Row.sample(number, text: text ?? "text of row \(number)", payload: payload)
        state.withLock { $0.change(number, to: .row(row)) }
    }

    package func delete(_ number: Int) {
        state.withLock { $0.change(number, to: nil) }
    }

    /// Makes the row one that a source cannot accept.
    package func reject(_ number: Int) {
        state.withLock { $0.change(number, to: .rejected(Rejection(key: "\(number)", reason: "blank text"))) }
    }
}
