/// How throughput grows with the requests in flight: a line for each request size, named at its end.
struct ThroughputLines {
    let server: ServerReport
    let grid: SettingGrid
    /// Of its title, on the page.
    let id: HTML

    private static let height = 280
    private static let lineHeight = 17

    var html: HTML {
        let axis = ValueAxis.linear(upTo: grid.ordered.map(\.textsPerSecond).map { max($0.mean, $0.high) }.max() ?? 0)
        let lines = grid.texts.map { Line(texts: $0, points: points($0, axis)) }.filter { !$0.points.isEmpty }
        return """
            <figure>
            <figcaption>Texts per second <span>as more requests are in flight, with 95 % confidence</span></figcaption>
            <div class="plot lines"><svg height="\(pixels: Self.height)" role="img" aria-labelledby="\(id)">
            <title id="\(id)">\(summary)</title>
            \(axis.ticks.map { tick($0, axis) })
            \(grid.inFlight.indices.map(column))
            \(lines.map(draw))
            \(labels(lines))
            </svg></div>
            <p class="axis">requests in flight</p>
            </figure>
            """
    }

    private struct Line {
        let texts: Int
        let points: [Point]
    }

    private struct Point {
        let cell: ServerReport.Cell
        let x: Double
        let y: Double
        let low: Double
        let high: Double
    }

    private var best: ServerReport.Setting? { server.bestCell?.setting }

    private var summary: String {
        guard let cell = server.bestCell else { return "No setting gave an answer." }
        return "Throughput by requests in flight, one line for each request size. "
            + "Best: \(Wording.setting(cell.setting)), \(Figures.rate(cell.textsPerSecond.mean)) texts/s."
    }

    private func points(_ texts: Int, _ axis: ValueAxis) -> [Point] {
        grid.inFlight.enumerated().compactMap { index, inFlight in
            guard let cell = grid[texts: texts, inFlight: inFlight], cell.hasAnswers else { return nil }
            let rate = cell.textsPerSecond
            return Point(
                cell: cell,
                x: position(index),
                y: 1 - axis.position(rate.mean),
                low: 1 - axis.position(rate.low),
                high: 1 - axis.position(rate.high)
            )
        }
    }

    private func position(_ index: Int) -> Double {
        grid.inFlight.count > 1 ? Double(index) / Double(grid.inFlight.count - 1) : 0.5
    }

    private func tick(_ value: Double, _ axis: ValueAxis) -> HTML {
        let y = 1 - axis.position(value)
        return """
            <line class="grid" x1="0" x2="100%" y1="\(at: y)" y2="\(at: y)"/>\
            <text class="left" x="0" dx="-12" y="\(at: y)" dy="4">\(Figures.round(value))</text>
            """
    }

    private func column(_ index: Int) -> HTML {
        """
        <text class="middle" x="\(at: position(index))" y="100%" dy="22">\(Figures.count(grid.inFlight[index]))</text>
        """
    }

    private func draw(_ line: Line) -> HTML {
        let segments = zip(line.points, line.points.dropFirst()).map { from, to -> HTML in
            "<line x1=\"\(at: from.x)\" y1=\"\(at: from.y)\" x2=\"\(at: to.x)\" y2=\"\(at: to.y)\"/>"
        }
        return """
            <g class="line\(line.texts == best?.texts ? " best" as HTML : "")">\(segments)\(line.points.map(dot))</g>
            """
    }

    private func dot(_ point: Point) -> HTML {
        let rate = point.cell.textsPerSecond
        let title = "\(Wording.setting(point.cell.setting)): \(BenchText.value(rate, "texts/s"))"
        return """
            <line x1="\(at: point.x)" x2="\(at: point.x)" y1="\(at: point.low)" y2="\(at: point.high)"/>\
            <circle cx="\(at: point.x)" cy="\(at: point.y)" r="\(pixels: point.cell.setting == best ? 6 : 3)">\
            <title>\(title)</title></circle>
            """
    }

    /// From the lowest up, each at its line's end or, where that is taken, right above the one before.
    private func labels(_ lines: [Line]) -> [HTML] {
        let distance = Double(Self.lineHeight) / Double(Self.height)
        let ends = lines.compactMap { line in line.points.last.map { (line.texts, $0) } }.sorted { $0.1.y > $1.1.y }
        var places: [Double] = []
        for (_, end) in ends { places.append(min(end.y, (places.last ?? 2) - distance)) }
        // Pushed over the top: all down again, as far as there is room.
        if let top = places.last, top < 0 {
            for index in places.indices.reversed() {
                places[index] = max(places[index], index == places.count - 1 ? 0 : places[index + 1] + distance)
            }
        }
        return zip(ends, places).map { end, y in
            """
            <line class="leader" x1="\(at: end.1.x)" y1="\(at: end.1.y)" x2="100%" y2="\(at: y)"/>\
            <text\(end.0 == best?.texts ? " class=\"best\"" as HTML : "") x="100%" dx="14" y="\(at: y)" dy="4">\
            \(Figures.counted(end.0, "text"))</text>
            """
        }
    }
}
