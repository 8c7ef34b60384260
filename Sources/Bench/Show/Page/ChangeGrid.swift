/// What became of every setting of a server, in the layout of its heat map.
struct ChangeGrid {
    let name: String
    private let texts: [Int]
    private let inFlight: [Int]
    private let items: [ServerReport.Setting: BenchComparison.Item]

    init(of name: String, in comparison: BenchComparison) {
        self.name = name
        items = comparison.changes(of: name)
        texts = Set(items.keys.map(\.texts)).sorted()
        inFlight = Set(items.keys.map(\.inFlight)).sorted()
    }

    var html: HTML? {
        guard !items.isEmpty else { return nil }
        return """
            <div><h3 class="address">\(name)</h3>
            <div class="scroll"><table class="heat">
            \(HeatMap.head(inFlight))
            <tbody>
            \(texts.map(row))</tbody>
            </table></div></div>
            """
    }

    private func row(_ texts: Int) -> HTML {
        """
        <tr><th scope="row">\(Figures.count(texts))</th>\
        \(inFlight.map { cell(items[ServerReport.Setting(texts: texts, inFlight: $0)]) })</tr>
        """
    }

    private func cell(_ item: BenchComparison.Item?) -> HTML {
        guard let item else { return "<td class=\"none\"><span>not tried</span></td>" }
        let title = [item.change.map(BenchComparison.word), BenchComparison.range(item), BenchComparison.values(item)]
        let change = item.change.map { Figures.change($0.percent) } ?? (item.new == nil ? "gone" : "new")
        let word = item.change.map(BenchComparison.word) ?? Figures.rate((item.new ?? item.old)?.mean ?? 0)
        return """
            <td class="\(ChangeRows.kind(item.change))" title="\(title.compactMap { $0 }.joined(separator: " "))">\
            \(change)<i>\(word)</i></td>
            """
    }
}
