/// Rows of a name, a bar with the whiskers of its confidence, and a value.
struct BarRows {
    struct Row {
        let name: String
        let detail: String
        let value: Estimate
        let unit: String
        /// Under the value.
        let remark: String
        var isMarked = false
    }

    let rows: [Row]
    /// What a full bar stands for; longer ones are cut, and show it.
    let end: Double

    var html: HTML {
        """
        <ul class="rows">
        \(rows.map(row))</ul>
        """
    }

    private func row(_ row: Row) -> HTML {
        """
        <li\(row.isMarked ? " class=\"marked\"" as HTML : "")>
        <div class="name"><b>\(row.name)</b><span>\(row.detail)</span></div>
        <svg class="bar" role="img" aria-label="\("\(Figures.rate(row.value.mean)) \(row.unit)")">\(bar(row.value))</svg>
        <div class="value"><b>\(Figures.rate(row.value.mean))</b> \(row.unit)<span>\(row.remark)</span></div>
        </li>
        """
    }

    private func bar(_ value: Estimate) -> HTML {
        guard value.mean <= end else {
            return """
                <rect class="fill cut" width="100%" height="100%" rx="2"/>\
                <svg class="break" x="90%"><path d="M-7 26 L1 -2 M-1 26 L7 -2"/></svg>
                """
        }
        let whisker: HTML =
            value.relativeError == nil
            ? "" : "\(Self.whisker(from: value.low / end, to: value.high / end))"
        return """
            <rect class="fill" width="\(at: value.mean / end)" height="100%" rx="2"/>\(whisker)
            """
    }

    private static func whisker(from low: Double, to high: Double) -> HTML {
        """
        <g class="whisker"><line x1="\(at: low)" x2="\(at: high)" y1="50%" y2="50%"/>\
        <line x1="\(at: low)" x2="\(at: low)" y1="30%" y2="70%"/>\
        <line x1="\(at: high)" x2="\(at: high)" y1="30%" y2="70%"/></g>
        """
    }
}
