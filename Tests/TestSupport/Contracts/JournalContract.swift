package import Pipeline
internal import Testing

/// What every `Journal` owes the engine.
package struct JournalContract: Sendable {
    private let open: @Sendable () async throws -> any Journal
    private let events: @Sendable () async throws -> [JournalEvent]

    /// - Parameters:
    ///   - open: opens the journal; it is empty the first time, and holds what was appended after that.
    ///   - events: what a reader of the same journal finds in it now.
    package init(
        open: @escaping @Sendable () async throws -> any Journal,
        events: @escaping @Sendable () async throws -> [JournalEvent]
    ) {
        self.open = open
        self.events = events
    }

    package func check() async throws {
        #expect(try await events().isEmpty)
        var expected: [JournalEvent] = []
        for attempt in 1...3 {
            let journal = try await open()
            for group in Self.groups(attempt: attempt) {
                try await journal.append(group)
                expected += group
                // Durable when it returns: a reader finds it at once.
                #expect(try await events() == expected)
            }
        }
    }

    /// One group of each kind that a run appends.
    private static func groups(attempt: Int) -> [[JournalEvent]] {
        var tally = Tally()
        tally.rowsRead = 1_000_000_000_000
        tally.embedded = 2
        tally.upserted = 3
        tally.payloadUpdated = 9
        tally.unchanged = 10
        tally.reused = 11
        tally.stale = 12
        tally.deleted = 13
        tally.rejected = 4
        tally.truncated = 5
        tally.embedRequests = 6
        tally.upsertRequests = 7
        tally.retries = 8
        let header = RunHeader(
            runID: "00112233445566778899aabbccddeeff",
            mode: attempt == 1 ? .full : .incremental,
            fingerprint: Fingerprint(source: "a1", target: "b2", embedder: "c3"),
            collection: "code_patterns",
            model: "nomic-embed-text:latest",
            attempt: attempt,
            limit: attempt == 2 ? 50 : nil,
            embedderRecord: attempt == 3 ? #"{"model":"größer 😀","canaries":[[0.5,-1e-7]]}"# : nil
        )
        return [
            [.began(header)],
            [.checkpoint(Checkpoint(position: Position("key \"1\"\n\\ größer 😀"), tally: Tally()))],
            [
                .rejected(Rejection(key: "k\u{1}\u{7f}", reason: "two\nlines, \"quoted\", größer 😀")),
                .rejected(Rejection(key: nil, reason: "the key is null", rowCount: 17)),
                .rejected(Rejection(key: "", reason: "")),
                .checkpoint(Checkpoint(position: Position("\(attempt)"), tally: tally)),
            ],
            [.ended(attempt == 3 ? .completedWithRejects : .interrupted, tally)],
        ]
    }
}
