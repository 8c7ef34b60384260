internal import Pipeline

/// What may be wrong with a journal's files, for a person.
enum JournalFault {
    private static func remedy(_ folder: SegmentFolder) -> String {
        "move \(folder.path) aside: no data is lost, the next full sync begins with the first row"
    }

    static func damaged(_ folder: SegmentFolder, _ segment: Int, offset: Int, _ reason: String) -> PipelineError {
        PipelineError(
            .setup,
            "the journal is damaged: \(folder.path(ofSegment: segment)) at byte \(offset): \(reason)",
            remedy: remedy(folder)
        )
    }

    static func notAJournal(_ folder: SegmentFolder, _ segment: Int) -> PipelineError {
        PipelineError(
            .setup,
            "\(folder.path(ofSegment: segment)) is not a journal: it does not begin like one, at byte 0",
            remedy: remedy(folder)
        )
    }

    static func missing(_ folder: SegmentFolder, _ segment: Int) -> PipelineError {
        PipelineError(
            .setup,
            "the journal is incomplete: \(folder.path(ofSegment: segment)) is missing",
            remedy: "put it back, or \(remedy(folder))"
        )
    }

    static func newer(_ folder: SegmentFolder, _ segment: Int, version: UInt16) -> PipelineError {
        PipelineError(
            .setup,
            "\(folder.path(ofSegment: segment)) was written by a newer pattern-sync: it has format version \(version), "
                + "and this one knows no more than \(RecordFormat.currentVersion)",
            remedy: "use the newer pattern-sync, or \(remedy(folder))"
        )
    }
}
