internal import Bench
internal import Pipeline

/// What a benchmark is to measure, and for how long.
struct BenchPlan: Sendable {
    /// What `--only` leaves: all stages, or one.
    var stages: Set<StageReport.Name> = Set(StageReport.Name.allCases)
    var limits = LoadLimits()
    var sweep = Sweep()
    /// For all settings of one server; none is begun after it.
    var longestSweep: Duration = .seconds(90)
    /// Whether the models are unloaded first.
    var unloads = false
    /// Texts of the sample.
    var texts = 200
    /// Options for the recommended command, beside those that were measured.
    var commandOptions: [String] = []

    func measures(_ stage: StageReport.Name) -> Bool { stages.contains(stage) }

    /// Whether this stage is all that is wanted, so that a benchmark without it has failed.
    func isAbout(_ stage: StageReport.Name) -> Bool { stages == [stage] }

    var needsEmbedding: Bool { stages != [.source] }
    var needsQdrant: Bool { measures(.sink) || measures(.pipeline) }
}
