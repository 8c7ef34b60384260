/// What a server reached at every setting: a table, and so its own text alternative, whose cells are shaded.
struct HeatMap {
    let server: ServerReport
    let grid: SettingGrid

    var html: HTML {
        """
        <figure>
        <figcaption>Texts per second <span>by texts a request and requests in flight</span></figcaption>
        <div class="scroll"><table class="heat">
        \(Self.head(grid.inFlight))
        <tbody>
        \(grid.texts.map(row))</tbody>
        </table></div>
        \(key)
        </figure>
        """
    }

    /// Of every table that has a row for each request size and a column for each number of requests in flight.
    static func head(_ inFlight: [Int]) -> HTML {
        """
        <thead><tr><td></td><th scope="colgroup" colspan="\(pixels: inFlight.count)">requests in flight</th></tr>
        <tr><th scope="col">texts<br>a request</th>\
        \(inFlight.map { "<th scope=\"col\">\(Figures.count($0))</th>" as HTML })</tr></thead>
        """
    }

    private func row(_ texts: Int) -> HTML {
        """
        <tr><th scope="row">\(Figures.count(texts))</th>\
        \(grid.inFlight.map { cell(grid[texts: texts, inFlight: $0]) })</tr>
        """
    }

    private func cell(_ cell: ServerReport.Cell?) -> HTML {
        guard let cell else { return "<td class=\"none\"><span>not tried</span></td>" }
        let isBest = cell.setting == server.bestCell?.setting
        var details = [
            Wording.setting(cell.setting), Wording.end(cell),
            "p50 \(Figures.latency(milliseconds: cell.latency.p50))",
            "p95 \(Figures.latency(milliseconds: cell.latency.p95))",
        ]
        if let tolerance = cell.textsPerSecond.tolerance { details.insert(tolerance, at: 1) }
        if cell.errors > 0 { details.append(Wording.errors(cell)) }
        let mark: HTML =
            isBest
            ? "<i> \(server.best == nil ? "fastest" : "best")</i>"
            : cell.errors > 0 && !cell.isRefused ? "<i> errors</i>" : ""
        let step = HeatScale.step(cell.textsPerSecond.mean, of: server.peak, steps: 9)
        return """
            <td class="h\(pixels: step)\(isBest ? " best" as HTML : "")" title="\(details.joined(separator: "; "))">\
            \(cell.hasAnswers ? Figures.rate(cell.textsPerSecond.mean) : cell.isRefused ? "refused" : "failed")\(mark)</td>
            """
    }

    private var key: HTML {
        let steps = (0..<9).map { "<i class=\"h\(pixels: $0)\"></i>" as HTML }
        return """
            <p class="key" aria-hidden="true"><span>0</span>\(steps)<span>\(Figures.rate(server.peak)) texts/s</span></p>
            """
    }
}
