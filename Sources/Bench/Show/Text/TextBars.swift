/// Bars for a terminal, in eighths of a column.
enum TextBars {
    struct Bar {
        let name: String
        /// In parts of a full bar; longer ones are cut, and say so.
        let length: Double
        let value: String
        var isMarked = false
    }

    static func draw(_ bars: [Bar], on canvas: inout TextCanvas) {
        let width = canvas.style.width
        let names = bars.map(\.name.columns).max() ?? 0
        let values = bars.map(\.value.columns).max() ?? 0
        let room = width - names - values - 6
        for bar in bars {
            // Names of servers may be long, and terminals narrow: the bar has a line of its own then.
            if room >= 16 {
                let drawn = blocks(bar.length, width: min(room, 40))
                canvas.line(
                    "  " + bar.name.leftAligned(names + 2) + canvas.painted(drawn, colour(bar))
                        + "  " + bar.value.rightAligned(values)
                )
            } else {
                canvas.paragraph(bar.name)
                canvas.line("  " + canvas.painted(blocks(bar.length, width: min(width - 2, 40)), colour(bar)))
                canvas.paragraph(bar.value)
            }
        }
    }

    private static func colour(_ bar: Bar) -> String { bar.isMarked ? "38;5;208" : "38;5;37" }

    private static func blocks(_ length: Double, width: Int) -> String {
        guard length.isFinite, length <= 1 else { return String(repeating: "\u{2588}", count: width - 1) + "\u{00BB}" }
        let eighths = max(1, Int((max(0, length) * Double(width) * 8).rounded()))
        let parts = ["", "\u{258F}", "\u{258E}", "\u{258D}", "\u{258C}", "\u{258B}", "\u{258A}", "\u{2589}"]
        let drawn = String(repeating: "\u{2588}", count: eighths / 8) + parts[eighths % 8]
        return drawn.leftAligned(width)
    }
}
