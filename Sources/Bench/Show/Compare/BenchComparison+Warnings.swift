extension BenchComparison {
    /// Why the two sides may not be comparable, in sentences.
    var warnings: [String] {
        var warnings: [String] = []
        func differ<Value: Equatable>(_ what: String, _ value: (BenchReport) -> Value, _ name: (BenchReport) -> String)
        {
            if value(old) != value(new) { warnings.append("\(what): \(name(old)) then, \(name(new)) now.") }
        }
        differ("Other models", \.model.name, \.model.name)
        if old.model.name == new.model.name {
            differ("Other versions of the model", \.model.digest) {
                $0.model.digest.map { String($0.prefix(12)) } ?? "unknown"
            }
        }
        differ("Other providers", \.model.provider, \.model.provider)
        differ("Other dimensions", \.model.dimension) { Figures.count($0.model.dimension) }
        differ("Other machines", \.machine) { Wording.machine($0.machine) }
        if old.texts != new.texts {
            warnings.append(
                "Other texts, comparable only with care: \(Wording.texts(old.texts)) then; \(Wording.texts(new.texts)) now."
            )
        }
        warnings += matches.compactMap(\.warning)
        if let embedder = stages.first(where: { !$0.isComparable && $0.isOnBothSides }) {
            warnings.append("Other settings: the \(embedder.name) as a stage is not compared.")
        }
        if old.status == .interrupted {
            warnings.append("The old report was interrupted, and something is missing in it.")
        }
        if new.status == .interrupted {
            warnings.append("The new report was interrupted, and something is missing in it.")
        }
        return warnings
    }

    /// What chance means where many settings are looked at.
    static let chance =
        "Unclear is a difference that cannot be told apart from chance. Intervals are of 95 % confidence: of twenty "
        + "settings that did not change, one will look as if it had."
}
