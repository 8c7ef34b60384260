internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres

/// The rows that earlier runs rejected and that a retry is to carry over.
struct RetryList {
    /// Of rows that can be looked up.
    private let keys: [RowKey]
    /// Of rows that have a key which cannot be: nothing but a run of all rows tells whether they still are there.
    private let rejections: [Rejection]
    private let keyless: Int

    /// - Parameter header: of the run that is to retry them.
    /// - Throws: `.setup` when they are rows of another query or database.
    init(_ history: JournalHistory, _ keyType: KeyType, _ header: RunHeader) throws(PipelineError) {
        let outstanding = history.outstanding
        if let whole = history.runs.last(where: { !$0.header.isPartial }), !outstanding.identities.isEmpty,
            whole.header.fingerprint.source != header.fingerprint.source
        {
            throw PipelineError(
                .setup,
                "the rejected rows are those of another query or database",
                remedy: "retry them with what rejected them, or sync all rows of this query first"
            )
        }
        var keys: [RowKey] = []
        var rejections: [Rejection] = []
        for key in outstanding.keys.sorted() {
            if let known = keyType.key(writtenAs: key.text) {
                keys.append(known)
            } else {
                let reason = "no point can have this key: it is no \(keyType.rawValue) as a point's key has to be"
                rejections.append(Rejection(key: key.text, reason: reason))
            }
        }
        self.keys = keys
        self.rejections = rejections
        keyless = outstanding.keyless
    }

    /// How many rows there are to look at.
    var count: Int { keys.count + rejections.count }

    func source(_ lookup: any RowLookup) -> any RowSource {
        ListedRowSource(keys, rejections: rejections, lookup: lookup)
    }

    /// Tells a person what is retried, and what cannot be.
    func log(to logger: Logger) {
        if count > 0 {
            logger.info("retrying \(count) rows that were rejected before")
        } else {
            logger.notice("nothing to retry: the journal tells of no rejected row that has not been carried over since")
        }
        if keyless > 0 {
            logger.warning("\(keyless) rows were rejected because they have no key, and cannot be retried")
        }
    }

    /// Tells a person how many of them were still there.
    func log(found: Int, to logger: Logger) {
        if found < count { logger.notice("\(count - found) of the rows have been deleted since, or have another key") }
    }
}
