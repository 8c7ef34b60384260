/// The latencies of all settings under one another: from the median to the 95th percentile, and the 99th.
struct LatencyStrips {
    let server: ServerReport
    let grid: SettingGrid
    /// Of its title, on the page.
    let id: HTML

    private static let rowHeight = 22

    var html: HTML? {
        let cells = grid.ordered.filter { $0.hasAnswers && $0.latency.p50 > 0 }
        guard cells.count > 1 else { return nil }
        let axis = ValueAxis.logarithmic(
            from: (cells.map(\.latency.p50).min() ?? 1) * 0.8,
            to: (cells.map { max($0.latency.p99, $0.latency.p95) }.max() ?? 1) * 1.1
        )
        return """
            <figure>
            <figcaption>Latency at every setting <span>texts a request \u{00D7} requests in flight; the ring is the median, \
            the bar ends at 95 % (as written), the line at 99 %; logarithmic</span></figcaption>
            <div class="plot strips"><svg height="\(pixels: cells.count * Self.rowHeight)" role="img" aria-labelledby="\(id)">
            <title id="\(id)">Latencies of all settings, as in the table of all measurements below.</title>
            \(axis.ticks.map { tick($0, axis) })
            \(cells.enumerated().map { row($0, $1, axis) })
            </svg></div>
            </figure>
            """
    }

    private func tick(_ value: Double, _ axis: ValueAxis) -> HTML {
        let x = axis.position(value)
        return """
            <line class="grid" x1="\(at: x)" x2="\(at: x)" y1="0" y2="100%"/>\
            <text class="middle" x="\(at: x)" y="0" dy="-10">\(Self.label(value))</text>
            """
    }

    private static func label(_ milliseconds: Double) -> String {
        milliseconds < 1_000 ? "\(Figures.round(milliseconds)) ms" : "\(Figures.round(milliseconds / 1_000)) s"
    }

    private func row(_ index: Int, _ cell: ServerReport.Cell, _ axis: ValueAxis) -> HTML {
        let y = index * Self.rowHeight + Self.rowHeight / 2
        let latency = cell.latency
        let isBest = cell.setting == server.bestCell?.setting
        let last = axis.position(latency.p99)
        return """
            <g class="strip\(isBest ? " best" as HTML : "")">\
            <text class="left" x="0" dx="-12" y="\(pixels: y)" dy="4">\
            \(Wording.shortSetting(cell.setting))</text>\
            <line class="span" x1="\(at: axis.position(latency.p50))" x2="\(at: axis.position(latency.p95))" \
            y1="\(pixels: y)" y2="\(pixels: y)"/>\
            <line class="tail" x1="\(at: axis.position(latency.p95))" x2="\(at: last)" y1="\(pixels: y)" y2="\(pixels: y)"/>\
            <circle cx="\(at: axis.position(latency.p50))" cy="\(pixels: y)" r="4"/>\
            <text x="100%" dx="12" y="\(pixels: y)" dy="4">\(Figures.latency(milliseconds: latency.p95))</text></g>
            """
    }
}
