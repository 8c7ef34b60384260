extension BenchComparison {
    /// The change of everything that both sides have, and what only one side has.
    public func text(style: BenchText.Style) -> String {
        var canvas = TextCanvas(style)
        canvas.title("Compared with \(Wording.moment(old.startedAt)), pattern-sync \(old.version)")
        for warning in warnings { canvas.paragraph(warning, label: "warning: ") }
        canvas.blank()
        show(decisive, on: &canvas)
        for name in names {
            canvas.title(name)
            let cells = cells(of: name)
            canvas.paragraph(
                cells.isEmpty
                    ? "nothing was measured here, then or now" : "texts a request \u{00D7} requests in flight"
            )
            show(cells, on: &canvas)
        }
        canvas.blank()
        canvas.paragraph(Self.chance, indent: 0)
        return canvas.text
    }

    /// In columns, of which the range is the first to go where a terminal is narrow.
    private func show(_ items: [Item], on canvas: inout TextCanvas) {
        let rows = items.map { item in
            (name: item.name.printable, word: Self.word(item), ink: Self.ink(item), item: item)
        }
        let names = rows.map(\.name.columns).max() ?? 0
        let words = rows.map(\.word.columns).max() ?? 0
        let hasRanges = items.contains { !Self.range($0).isEmpty }
        let wide = [Self.change, Self.range, Self.values]
        for columns in (hasRanges ? [wide] : []) + [[Self.change, Self.values]] {
            let widths = columns.map { column in items.map { column($0).columns }.max() ?? 0 }
            // Each column begins two spaces after the one before.
            let total = names + words + widths.reduce(0, +) + 2 * (widths.count + 2)
            guard total <= canvas.style.width else { continue }
            for row in rows {
                let numbers = zip(columns, widths).map { $0(row.item).rightAligned($1) }
                canvas.line(
                    "  " + row.name.leftAligned(names + 2) + canvas.painted(numbers[0], row.ink)
                        + numbers.dropFirst().map { "  " + $0 }.joined() + "  " + row.word
                )
            }
            return
        }
        for row in rows {
            canvas.paragraph([row.name + ":", Self.change(row.item), row.word].joined(separator: " "))
            canvas.paragraph(Self.values(row.item), indent: 4)
        }
    }

    static func change(_ item: Item) -> String { item.change.map { Figures.change($0.percent) } ?? "" }

    static func values(_ item: Item) -> String {
        let sides = [item.old, item.new].map { $0.map { Figures.rate($0.mean) } ?? "not measured" }
        return "\(sides[0]) \u{2192} \(sides[1]) \(item.unit)"
    }

    static func range(_ item: Item) -> String {
        guard let interval = item.change?.interval else { return "" }
        return "(\(Figures.change(interval.lowerBound)) to \(Figures.change(interval.upperBound)))"
    }

    /// What is to be thought of an item.
    static func word(_ item: Item) -> String {
        item.change.map(word) ?? (item.isOnBothSides ? "not comparable" : "")
    }

    /// What is to be thought of a change; `chance` says what the third means.
    static func word(_ change: Change) -> String {
        switch change.verdict {
        case .faster: "faster"
        case .slower: "slower"
        case .same: "unclear"
        case .unknown: "measured once"
        }
    }

    private static func ink(_ item: Item) -> String {
        switch item.change?.verdict {
        case .faster: "1;38;5;37"
        case .slower: "1;38;5;208"
        default: "0"
        }
    }
}
