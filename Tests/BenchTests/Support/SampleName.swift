import Bench

/// The samples by name, so that a test says which one it is about in a word.
enum SampleName: String, CaseIterable {
    case twoServers, serial, empty, oneCell, errorsOnly, interrupted, hostile

    var report: BenchReport {
        switch self {
        case .twoServers: ReportSamples.twoServers()
        case .serial: ReportSamples.serial()
        case .empty: ReportSamples.empty()
        case .oneCell: ReportSamples.oneCell()
        case .errorsOnly: ReportSamples.errorsOnly()
        case .interrupted: ReportSamples.interrupted()
        case .hostile: ReportSamples.named(TerminalText.hostile)
        }
    }
}
