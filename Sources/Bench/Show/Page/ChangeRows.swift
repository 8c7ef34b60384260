/// Changes under one another, each with the whiskers of its confidence, around a line at no change.
struct ChangeRows {
    let items: [BenchComparison.Item]
    /// What half the width of a bar stands for, in percent.
    let reach: Double

    var html: HTML {
        """
        <ul class="rows changes">
        \(items.map(row))<li class="scale" aria-hidden="true"><svg class="bar"><text class="from" x="0">\u{2212}\(Figures.round(reach)) %</text>\
        <text x="50%">no change</text><text class="to" x="100%">+\(Figures.round(reach)) %</text></svg></li>
        </ul>
        """
    }

    /// For all rows of a page, so that they can be compared.
    static func reach(of items: [BenchComparison.Item]) -> Double {
        let ends = items.compactMap(\.change).flatMap { change in
            [change.percent.magnitude, change.interval?.lowerBound.magnitude, change.interval?.upperBound.magnitude]
        }
        let furthest = ends.compactMap { $0 }.filter(\.isFinite).max() ?? 0
        return [5, 10, 20, 50].first { furthest <= $0 } ?? 100
    }

    private func row(_ item: BenchComparison.Item) -> HTML {
        let change = item.change
        return """
            <li class="\(Self.kind(change))">
            <div class="name"><b>\(item.name)</b><span>\(BenchComparison.values(item))</span></div>
            <svg class="bar" role="img" aria-label="\(change.map(BenchComparison.word) ?? "no change is known")">\
            <line class="zero" x1="50%" x2="50%" y1="-20%" y2="120%"/>\(change.map(draw))</svg>
            <div class="value"><b>\(BenchComparison.change(item))</b><span>\(item.isOnBothSides ? BenchComparison.word(item) : "one side only")</span></div>
            </li>
            """
    }

    static func kind(_ change: Change?) -> HTML {
        switch change?.verdict {
        case .faster: "faster"
        case .slower: "slower"
        default: "same"
        }
    }

    private func draw(_ change: Change) -> HTML {
        let range = change.interval.map { range -> HTML in
            """
            <line class="range" x1="\(at: x(range.lowerBound))" x2="\(at: x(range.upperBound))" y1="50%" y2="50%"/>
            """
        }
        return "\(range)<circle cx=\"\(at: x(change.percent))\" cy=\"50%\" r=\"5\"/>"
    }

    private func x(_ percent: Double) -> Double { min(max(0.5 + percent / reach / 2, 0), 1) }
}
