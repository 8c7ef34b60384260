internal import Pipeline

/// Whether table and collection agree, and in what they do not.
struct Verdict: Sendable {
    let collection: String
    let model: String
    let found: ComparisonSummary
    /// Points that bear nobody's name, those of rows included.
    let unmarkedPoints: Int
    /// Points that bear another sync's name.
    let foreignPoints: Int
    /// The first of the differences.
    let listed: [Named]
    let sample: Sample
    let duration: Duration
    var isRepaired = false

    /// A row or point that is not as it should be.
    struct Named: Sendable {
        let id: String
        /// What is wrong with it, in one word.
        let difference: String
    }

    /// What came of embedding some rows again.
    struct Sample: Sendable {
        var size = 0
        var lowestCosine: Double?
        /// Rows whose vector is not the one that the model makes of their text.
        var disagreeing: [String] = []
        /// Rows that a search for their own text does not find as the nearest.
        var notNearest: [String] = []

        var agrees: Bool { disagreeing.isEmpty && notNearest.isEmpty }
    }

    var agrees: Bool { found.differences == 0 && sample.agrees }
}

extension Verdict.Named {
    /// Nil where nothing is wrong.
    init?(_ finding: Finding) {
        switch finding {
        case .row(let key, let difference?): self.init(id: key.description, difference: difference.word)
        case .stale(let point): self.init(id: point.key?.description ?? point.id, difference: "stale")
        case .row(_, nil), .rejected: return nil
        }
    }
}

extension Difference {
    var word: String {
        switch self {
        case .missing: "missing"
        case .text: "text"
        case .payload: "payload"
        case .unclaimed: "unclaimed"
        }
    }
}
