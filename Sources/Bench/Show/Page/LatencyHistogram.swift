/// How long the requests of one setting took.
struct LatencyHistogram {
    let cell: ServerReport.Cell
    /// Of its title, on the page.
    let id: HTML

    private static let columns = 44

    var html: HTML? {
        let latency = cell.latency
        guard !latency.histogram.isEmpty, latency.max > 0, latency.max.isFinite else { return nil }
        // A few stragglers would push all others together.
        let end = latency.max <= 2 * latency.p99 || latency.p99 <= 0 ? latency.max : 1.25 * latency.p99
        let axis = ValueAxis.linear(upTo: end)
        let columns = spread(over: axis.ticks.last ?? end)
        let highest = columns.max() ?? 0
        let later = latency.max > end ? ", a few more up to \(Figures.latency(milliseconds: latency.max))" : ""
        return """
            <figure>
            <figcaption>How long a request takes <span>\(Wording.setting(cell.setting)); \
            \(Figures.counted(cell.requests, "request"))\(later)</span></figcaption>
            <div class="plot histogram"><svg height="220" role="img" aria-labelledby="\(id)"><title id="\(id)">\(summary)</title>
            \(columns.enumerated().compactMap { column($0, $1 / max(highest, 1)) })
            <line class="base" x1="0" x2="100%" y1="100%" y2="100%"/>
            \(axis.ticks.map { tick($0, axis) })
            \(marks(axis))
            </svg></div>
            <p class="axis">from sending it to its whole answer, ms</p>
            </figure>
            """
    }

    private var summary: String {
        let latency = cell.latency
        let parts = [("half", latency.p50), ("95 %", latency.p95), ("99 %", latency.p99), ("all", latency.max)]
        return "Of the requests "
            + parts.map { "\($0) took up to \(Figures.latency(milliseconds: $1))" }.joined(separator: ", ") + "."
    }

    /// The counts of the buckets, whose widths differ, in columns of one width.
    private func spread(over end: Double) -> [Double] {
        var columns = [Double](repeating: 0, count: Self.columns)
        let width = end / Double(Self.columns)
        // Where the first bucket begins is not said: it is taken to be as wide as the next one.
        let ends = cell.latency.histogram.map(\.upTo)
        var start = ends.count > 1 ? max(0, 2 * ends[0] - ends[1]) : 0
        for bucket in cell.latency.histogram {
            let from = start
            start = max(start, bucket.upTo)
            guard bucket.count > 0, from < end, from.isFinite, start.isFinite else { continue }
            let first = Int(max(0, from) / width)
            for index in first...max(first, min(Self.columns - 1, Int(min(start, end) / width)))
            where index < Self.columns {
                let shared = min(start, Double(index + 1) * width) - max(from, Double(index) * width)
                columns[index] +=
                    start > from ? Double(bucket.count) * max(0, shared) / (start - from) : Double(bucket.count)
            }
        }
        return columns
    }

    private func column(_ index: Int, _ height: Double) -> HTML? {
        guard height > 0 else { return nil }
        let width = 1 / Double(Self.columns)
        return """
            <rect class="fill" x="\(at: Double(index) * width + width * 0.06)" y="\(at: 1 - height)" \
            width="\(at: width * 0.88)" height="\(at: height)"/>
            """
    }

    private func tick(_ value: Double, _ axis: ValueAxis) -> HTML {
        """
        <text class="middle" x="\(at: axis.position(value))" y="100%" dy="22">\(Figures.round(value))</text>
        """
    }

    /// Their names stand in steps above the columns, since they may be near to each other.
    private func marks(_ axis: ValueAxis) -> [HTML] {
        let marks = [("p50", cell.latency.p50), ("p95", cell.latency.p95), ("p99", cell.latency.p99)]
        return marks.enumerated().map { index, mark in
            let x = axis.position(mark.1)
            let top = (2 - index) * -20 - 8
            let isLeft = x > 0.7
            return """
                <svg class="mark" x="\(at: x)"><line y1="\(pixels: top - 6)" y2="100%"/>\
                <text\(isLeft ? " class=\"left\"" as HTML : "") x="\(pixels: isLeft ? -6 : 6)" y="\(pixels: top)">\
                <tspan>\(mark.0)</tspan> \(Figures.latency(milliseconds: mark.1))</text></svg>
                """
        }
    }
}
