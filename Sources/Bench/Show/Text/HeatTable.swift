/// What a server reached at every setting that was tried, as tables for a terminal: the darker a cell, the slower.
struct HeatTable {
    let server: ServerReport
    let grid: SettingGrid

    init(_ server: ServerReport) {
        self.server = server
        grid = SettingGrid(server)
    }

    func draw(on canvas: inout TextCanvas) {
        canvas.paragraph("texts/s, by texts a request (down) and requests in flight (across)")
        table(on: &canvas, heated: true) { Figures.rate($0.textsPerSecond.mean) }
        canvas.blank()
        canvas.paragraph("latency, p50/p95 in ms")
        table(on: &canvas, heated: false) {
            Figures.milliseconds($0.latency.p50) + "/" + Figures.milliseconds($0.latency.p95)
        }
        legend(on: &canvas)
    }

    private func table(on canvas: inout TextCanvas, heated: Bool, _ value: (ServerReport.Cell) -> String) {
        let rowNames = grid.texts.map { Figures.count($0) }
        let label = max(6, (rowNames.map(\.columns).max() ?? 0) + 2)
        let texts =
            grid.ordered.map { $0.hasAnswers ? value($0).columns : 1 } + grid.inFlight.map { Figures.count($0).columns }
        // A mark before the number and one behind it, and a space between columns.
        let column = (texts.max() ?? 1) + 3
        let columns = max(1, (canvas.style.width - label) / column)
        for start in stride(from: 0, to: grid.inFlight.count, by: columns) {
            let shown = grid.inFlight[start..<min(start + columns, grid.inFlight.count)]
            canvas.line(
                String(repeating: " ", count: label)
                    + shown.map { (Figures.count($0) + " ").rightAligned(column) }.joined()
            )
            for (row, name) in zip(grid.texts, rowNames) {
                let line = shown.map { inFlight in
                    let cell = grid[texts: row, inFlight: inFlight]
                    let text = self.text(cell, value).rightAligned(column)
                    guard heated, let cell, cell.hasAnswers else { return text }
                    return " " + canvas.painted(String(text.dropFirst()), ink(cell))
                }
                canvas.line(name.rightAligned(label) + line.joined())
            }
        }
    }

    private func text(_ cell: ServerReport.Cell?, _ value: (ServerReport.Cell) -> String) -> String {
        guard let cell else { return "\u{00B7} " }
        let before = cell.setting == server.bestCell?.setting ? "*" : ""
        let after = cell.isRefused ? "x" : cell.errors > 0 ? "!" : cell.ended == .confident ? " " : "~"
        return before + (cell.hasAnswers ? value(cell) : "-") + after
    }

    private func legend(on canvas: inout TextCanvas) {
        let cells = grid.ordered
        var marks: [String] = []
        if let best = server.bestCell {
            marks.append("* " + (server.best == nil ? "the fastest: " : "the best: ") + Wording.setting(best.setting))
        }
        if cells.contains(where: { $0.errors == 0 && $0.ended != .confident }) {
            marks.append("~ ended before the value was narrow enough")
        }
        for mark in marks { canvas.paragraph(mark) }
        for cell in cells where cell.errors > 0 {
            canvas.paragraph("\(cell.isRefused ? "x" : "!") \(Wording.setting(cell.setting)): \(Wording.errors(cell))")
        }
    }

    /// From violet over green to yellow, each step lighter than the one before, as a share of the fastest: where all are
    /// alike, all look alike.
    private func ink(_ cell: ServerReport.Cell) -> String {
        let ramp = [54, 55, 61, 31, 37, 43, 79, 120, 191, 227]
        let step = HeatScale.step(cell.textsPerSecond.mean, of: server.peak, steps: ramp.count)
        let isBest = cell.setting == server.bestCell?.setting
        return "\(isBest ? "1;" : "")38;5;\(step < 4 ? 231 : 16);48;5;\(ramp[step])"
    }
}
