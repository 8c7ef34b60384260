/// Everything that was measured at a server, in numbers.
struct CellTable {
    let server: ServerReport
    let grid: SettingGrid

    var html: HTML {
        """
        <div class="scroll"><table class="all">
        <caption>Every setting of \(server.name)</caption>
        <thead><tr>
        <th scope="col">texts<span>a request</span></th><th scope="col">in flight<span>requests</span></th>
        <th scope="col">texts/s<span>mean</span></th><th scope="col">\u{00B1}<span>95 %</span></th>
        <th scope="col">tokens/s<span>mean</span></th>
        <th scope="col">p50<span>ms</span></th><th scope="col">p95<span>ms</span></th>
        <th scope="col">p99<span>ms</span></th><th scope="col">max<span>ms</span></th>
        <th scope="col">answers<span>requests</span></th><th scope="col">errors<span>requests</span></th>
        <th scope="col">time<span>s</span></th><th scope="col" class="words">ended because<span>&nbsp;</span></th>
        </tr></thead>
        <tbody>
        \(grid.ordered.map(row))</tbody>
        </table></div>
        \(errors)
        """
    }

    private func row(_ cell: ServerReport.Cell) -> HTML {
        let isBest = cell.setting == server.bestCell?.setting
        let latency = cell.latency
        let numbers =
            [
                Figures.count(cell.setting.texts), Figures.count(cell.setting.inFlight),
                Figures.rate(cell.textsPerSecond.mean),
                cell.textsPerSecond.relativeError.map { Figures.percent($0 * 100) } ?? "\u{2013}",
                cell.tokensPerSecond.map(Figures.rate) ?? "\u{2013}",
            ] + [latency.p50, latency.p95, latency.p99, latency.max].map(Figures.milliseconds)
            + [Figures.count(cell.requests), Figures.count(cell.errors), Figures.decimal(cell.seconds, places: 1)]
        return """
            <tr\(isBest ? " class=\"best\"" as HTML : "")>\(numbers.map { "<td>\($0)</td>" as HTML })\
            <td class="words">\(Wording.end(cell))</td></tr>
            """
    }

    private var errors: HTML? {
        let cells = grid.ordered.filter { $0.errors > 0 }
        guard !cells.isEmpty else { return nil }
        return """
            <ul class="errors">
            \(cells.map { "<li><b>\(Wording.setting($0.setting))</b>: \(Wording.errors($0))</li>" as HTML })</ul>
            """
    }
}
