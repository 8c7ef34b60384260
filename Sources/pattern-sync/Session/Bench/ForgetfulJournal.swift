internal import Pipeline

/// For a run that is never resumed and that nobody asks about.
struct ForgetfulJournal: Journal {
    func append(_ events: [JournalEvent]) async throws(PipelineError) {}
}
