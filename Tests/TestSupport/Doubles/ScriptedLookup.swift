package import Pipeline
internal import Threading

/// Looks rows of a scripted table up as they are at that moment.
package final class ScriptedLookup: RowLookup {
    package enum Question: Sendable, Equatable {
        case rows([RowKey])
        case existing([RowKey])
    }

    private let table: ScriptedTable
    private let before: @Sendable (_ call: Int, _ question: Question) async throws(PipelineError) -> Void
    private let asked = Locked<[Question]>([])
    /// How many times it was closed.
    package let closed = Level()

    /// - Parameter before: is awaited in each call with its number, from 1, and what is asked; what it throws, the call
    ///   throws.
    package init(
        _ table: ScriptedTable,
        before: @escaping @Sendable (_ call: Int, _ question: Question) async throws(PipelineError) -> Void = { _, _ in
        }
    ) {
        self.table = table
        self.before = before
    }

    /// What it was asked.
    package var questions: [Question] { asked.withLock { $0 } }

    package func rows(of keys: [RowKey], bytes: Int) async throws(PipelineError) -> FoundRows {
        try await take(.rows(keys), keys)
        let content = table.content
        var found = FoundRows(rows: [])
        var used = 0
        for (index, key) in keys.enumerated() {
            switch content.entry(key) {
            case .row(let row):
                let byteCount = row.text.count + row.payload.count
                guard found.rows.isEmpty || used + byteCount <= bytes else {
                    found.unread = Array(keys[index...])
                    return found
                }
                used += byteCount
                found.rows.append(row)
            case .rejected(let rejection): found.rejections.append(rejection)
            case nil: break
            }
        }
        return found
    }

    package func existing(_ keys: [RowKey]) async throws(PipelineError) -> Set<RowKey> {
        try await take(.existing(keys), keys)
        let content = table.content
        return Set(keys.filter { content.entry($0) != nil })
    }

    package func close() async {
        closed.change(by: 1)
    }

    private func take(_ question: Question, _ keys: [RowKey]) async throws(PipelineError) {
        guard keys.count <= 1_000 else { throw PipelineError(.setup, "asked for \(keys.count) keys at once") }
        let call = asked.withLock { asked in
            asked.append(question)
            return asked.count
        }
        try await before(call, question)
        if Task.isCancelled { throw .cancelled }
    }
}

extension ScriptedTable.Content {
    fileprivate func entry(_ key: RowKey) -> ScriptedTable.Entry? {
        guard case .integer(let number) = key else { return nil }
        return entry(Int(number))
    }
}
