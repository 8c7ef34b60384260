/// The figures that most readers come for.
struct Headline {
    let report: BenchReport

    var html: HTML? {
        let figures = [throughput, latency, bottleneck, million].compactMap { $0 }
        guard !figures.isEmpty else { return nil }
        return """
            <dl class="headline">
            \(figures)</dl>
            """
    }

    private var throughput: HTML? {
        guard let rate = report.textsPerSecond else { return nil }
        let servers = report.servers.compactMap(\.bestCell).count
        let what = servers > 1 ? "\(Figures.count(servers)) servers together" : "at the best setting"
        let tolerance = rate.tolerance.map { ", \($0)" } ?? ""
        return figure("Throughput", "\(Figures.rate(rate.mean)) texts/s", what + tolerance)
    }

    /// Of the slowest server at its best: that is what a sync waits for.
    private var latency: HTML? {
        let cells = report.servers.compactMap(\.bestCell)
        guard let cell = cells.max(by: { $0.latency.p95 < $1.latency.p95 }) else { return nil }
        let note = "\(Wording.setting(cell.setting))\(cells.count > 1 ? ", the slowest server" : "")"
        return figure("95 % of requests within", Figures.latency(milliseconds: cell.latency.p95), note)
    }

    private var bottleneck: HTML? {
        guard let name = report.bottleneck else { return nil }
        let share = Wording.share(of: name, in: report).map { "a sync reaches \(Figures.percent($0 * 100)) of it" }
        return """
            <div><dt>Bottleneck</dt><dd><b class="word">\(Wording.stage(name))</b></dd>\
            <dd class="note">\(name == .pipeline ? "no stage by itself" : share ?? "")</dd></div>
            """
    }

    private var million: HTML? {
        guard let rate = report.rowsPerSecond else { return nil }
        let origin = report.stage(.pipeline)?.measured == nil ? "at this throughput" : "at the pace of the whole sync"
        return figure("A million rows take", Figures.seconds(1_000_000 / rate), origin)
    }

    /// Numbers are large, and their units beside them small.
    private func figure(_ name: String, _ value: String, _ note: String) -> HTML {
        let words = value.split(separator: " ").map { word in
            word.first?.isNumber == true ? "<b>\(String(word))</b> " : "<span>\(String(word))</span> " as HTML
        }
        return "<div><dt>\(name)</dt><dd>\(words)</dd><dd class=\"note\">\(note)</dd></div>"
    }
}
