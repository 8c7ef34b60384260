internal import Pipeline

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// One event as one line of JSON.
///
/// It spells the keys of the format itself, so that no change of the engine's types can change what is in the files.
struct EventLine: Codable {
    var time: String
    var event: String
    // began
    var generation: String?
    var mode: String?
    var attempt: Int?
    var collection: String?
    var model: String?
    var fingerprint: FingerprintObject?
    var limit: Int?
    var retriesRejected: Bool?
    var embedderRecord: String?
    var rejectionsOmitted: Int?
    var outstanding: OutstandingObject?
    // checkpoint
    var position: String?
    // checkpoint and ended
    var tally: TallyObject?
    // rejected
    var key: String?
    var reason: String?
    var rowCount: Int?
    // ended
    var status: String?

    struct FingerprintObject: Codable {
        var source: String
        var target: String
        var embedder: String
    }

    struct OutstandingObject: Codable {
        var keys: [String]
        var keyless: Int
    }

    enum CodingKeys: String, CodingKey {
        case time
        case event
        case generation
        case mode
        case attempt
        case collection
        case model
        case fingerprint
        case limit
        case retriesRejected = "retries_rejected"
        case embedderRecord = "embedder_record"
        case rejectionsOmitted = "rejections_omitted"
        case outstanding
        case position
        case tally
        case key
        case reason
        case rowCount = "row_count"
        case status
    }

    init(
        _ event: JournalEvent,
        at time: Timestamp,
        rejectionsOmitted: Int = 0,
        outstanding: RejectedRows? = nil
    ) {
        self.time = time.description
        switch event {
        case .began(let header):
            self.event = "began"
            generation = header.runID
            mode = header.mode.rawValue
            attempt = header.attempt
            collection = header.collection
            model = header.model
            fingerprint = FingerprintObject(
                source: header.fingerprint.source,
                target: header.fingerprint.target,
                embedder: header.fingerprint.embedder
            )
            limit = header.limit
            retriesRejected = header.retriesRejected ? true : nil
            embedderRecord = header.embedderRecord
            self.rejectionsOmitted = rejectionsOmitted > 0 ? rejectionsOmitted : nil
            self.outstanding = outstanding.map { rows in
                OutstandingObject(keys: rows.keys.sorted().map(\.text), keyless: rows.keyless)
            }
        case .checkpoint(let checkpoint):
            self.event = "checkpoint"
            position = checkpoint.position.token
            tally = TallyObject(checkpoint.tally)
        case .rejected(let rejection):
            self.event = "rejected"
            key = rejection.key
            reason = rejection.reason
            rowCount = rejection.rowCount
        case .ended(let status, let tally):
            self.event = "ended"
            self.status = status.rawValue
            self.tally = TallyObject(tally)
        }
    }

    /// - Returns: nil when it says something that this program does not know, or leaves out something it needs.
    var journalEvent: JournalEvent? {
        switch event {
        case "began":
            guard let generation, let mode = mode.flatMap(SyncMode.init(rawValue:)), let attempt, let collection,
                let model,
                let fingerprint
            else { return nil }
            let parts = Fingerprint(
                source: fingerprint.source,
                target: fingerprint.target,
                embedder: fingerprint.embedder
            )
            return .began(
                RunHeader(
                    runID: generation,
                    mode: mode,
                    fingerprint: parts,
                    collection: collection,
                    model: model,
                    attempt: attempt,
                    limit: limit,
                    retriesRejected: retriesRejected ?? false,
                    embedderRecord: embedderRecord
                )
            )
        case "checkpoint":
            guard let position, let tally else { return nil }
            return .checkpoint(Checkpoint(position: Position(position), tally: tally.tally))
        case "rejected":
            guard let reason, let rowCount else { return nil }
            return .rejected(Rejection(key: key, reason: reason, rowCount: rowCount))
        case "ended":
            guard let status = status.flatMap(RunStatus.init(rawValue:)), let tally else { return nil }
            return .ended(status, tally.tally)
        default:
            return nil
        }
    }

    /// The line, without a line end.
    func encoded() throws(PipelineError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(self))
        } catch {
            throw PipelineError(.setup, "cannot journal an event as JSON: \(error)")
        }
    }

    /// Reads a line.
    static func decode(_ line: ArraySlice<UInt8>) throws -> EventLine {
        try JSONDecoder().decode(EventLine.self, from: Data(line))
    }
}
