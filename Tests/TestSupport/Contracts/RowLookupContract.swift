package import Pipeline
internal import Testing

/// What every `RowLookup` owes the engine.
package struct RowLookupContract: Sendable {
    private let lookup: any RowLookup
    private let rows: [Row]
    private let rejected: [RowKey]
    private let absent: [RowKey]
    private let remove: @Sendable (RowKey) async throws -> Void

    /// - Parameters:
    ///   - rows: all that the source accepts; a dozen or so.
    ///   - rejected: the keys of rows that it cannot accept.
    ///   - absent: keys of no row.
    ///   - remove: takes the row of a key away, past the protocol.
    package init(
        _ lookup: any RowLookup,
        rows: [Row],
        rejected: [RowKey],
        absent: [RowKey],
        remove: @escaping @Sendable (RowKey) async throws -> Void
    ) {
        self.lookup = lookup
        self.rows = rows
        self.rejected = rejected
        self.absent = absent
        self.remove = remove
    }

    private var keys: [RowKey] { rows.map(\.key) }

    package func check() async throws {
        try await findsNothingForNoKeys()
        try await findsRowsAsTheyAre()
        try await tellsWhichKeysHaveARow()
        try await staysWithinItsBytes()
        try await returnsALargerRowAlone()
        try await answersManyAtOnce()
        await endsSoonWhenCancelled()
        try await answersAgainAfterItWasClosed()
        // From here on a row is missing.
        try await seesWhatIsThereNow()
    }

    private func findsNothingForNoKeys() async throws {
        let found = try await lookup.rows(of: [], bytes: .max)
        #expect(found.rows.isEmpty && found.rejections.isEmpty && found.unread.isEmpty)
        #expect(try await lookup.existing([]).isEmpty)
    }

    private func findsRowsAsTheyAre() async throws {
        let found = try await lookup.rows(of: absent + rejected + keys.reversed(), bytes: .max)
        expectRows(found.rows, rows)
        #expect(Set(found.rejections.map(\.key)) == Set(rejected.map(\.description)))
        #expect(found.rejections.count == rejected.count)
        #expect(found.rejections.allSatisfy { !$0.reason.isEmpty && $0.rowCount == 1 })
        #expect(found.unread.isEmpty)
        let one = try await lookup.rows(of: [keys[0]], bytes: .max)
        expectRows(one.rows, [rows[0]])
    }

    private func tellsWhichKeysHaveARow() async throws {
        #expect(try await lookup.existing(keys + absent + rejected) == Set(keys + rejected))
        #expect(try await lookup.existing(absent).isEmpty)
    }

    private func staysWithinItsBytes() async throws {
        let bytes = rows.prefix(3).reduce(0) { $0 + $1.byteCount }
        var asked = keys + absent + rejected
        var found: [Row] = []
        while !asked.isEmpty {
            let part = try await lookup.rows(of: asked, bytes: bytes)
            #expect(part.rows.count <= 1 || part.rows.reduce(0) { $0 + $1.byteCount } <= bytes)
            #expect(Set(part.unread).isSubset(of: asked))
            #expect(Set(part.unread).isDisjoint(with: part.rows.map(\.key)))
            // Whatever a lookup does wrong, the asking ends.
            try #require(part.unread.count < asked.count)
            found += part.rows
            asked = part.unread
        }
        expectRows(found, rows)
    }

    private func returnsALargerRowAlone() async throws {
        let part = try await lookup.rows(of: keys, bytes: 1)
        #expect(part.rows.count == 1)
        #expect(Set(part.unread + part.rows.map(\.key)) == Set(keys))
        #expect(part.unread.count == keys.count - 1)
    }

    private func answersManyAtOnce() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for row in rows {
                group.addTask { expectRows(try await lookup.rows(of: [row.key], bytes: .max).rows, [row]) }
                group.addTask {
                    let existing = try await lookup.existing([row.key] + absent)
                    #expect(existing == [row.key])
                }
            }
            try await group.waitForAll()
        }
    }

    private func endsSoonWhenCancelled() async {
        let error = await withTaskGroup(of: PipelineError?.self) { group in
            group.cancelAll()
            group.addTask {
                do throws(PipelineError) {
                    _ = try await lookup.rows(of: keys, bytes: .max)
                    return nil
                } catch {
                    return error
                }
            }
            return await group.next() ?? nil
        }
        // It may have been faster than the cancellation.
        #expect(error == nil || error?.kind == .cancelled)
    }

    private func answersAgainAfterItWasClosed() async throws {
        await lookup.close()
        await lookup.close()
        #expect(try await lookup.existing(keys) == Set(keys))
        await lookup.close()
        expectRows(try await lookup.rows(of: keys, bytes: .max).rows, rows)
    }

    private func seesWhatIsThereNow() async throws {
        try await remove(keys[0])
        #expect(try await lookup.existing(keys) == Set(keys.dropFirst()))
        let found = try await lookup.rows(of: keys, bytes: .max)
        expectRows(found.rows, Array(rows.dropFirst()))
        #expect(found.unread.isEmpty && found.rejections.isEmpty)
    }

    /// Compares them in any order.
    private func expectRows(_ found: [Row], _ expected: [Row]) {
        #expect(found.count == expected.count)
        for row in found {
            row.check()
            guard let twin = expected.first(where: { $0.key == row.key }) else {
                Issue.record("the row \(row.key) was not to be found")
                continue
            }
            #expect(row.text == twin.text)
            #expect(row.payload == twin.payload)
            #expect(row.textHash == twin.textHash)
            #expect(row.payloadHash == twin.payloadHash)
        }
    }
}
