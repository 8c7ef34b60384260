/// What was measured at one server.
struct ServerSection {
    let server: ServerReport
    /// Its place in the report: what the page's ids are made of.
    let index: Int

    var html: HTML {
        """
        <section aria-labelledby="server-\(pixels: index)">
        <p class="over">Embedding server</p>
        <h2 id="server-\(pixels: index)" class="address">\(server.name)</h2>
        \(server.cells.isEmpty ? "<p class=\"lead\">Nothing was measured here.</p>" as HTML : measured)
        </section>
        """
    }

    private var measured: HTML {
        let grid = SettingGrid(server)
        return """
            <p class="lead">\(execution)</p>
            \(facts)
            <div class="pair">
            \(HeatMap(server: server, grid: grid).html)
            \(ThroughputLines(server: server, grid: grid, id: "lines-\(pixels: index)").html)
            </div>
            <div class="pair">
            \(server.bestCell.flatMap { LatencyHistogram(cell: $0, id: "histogram-\(pixels: index)").html })
            \(LatencyStrips(server: server, grid: grid, id: "strips-\(pixels: index)").html)
            </div>
            """
    }

    private var execution: String {
        let text = Wording.execution(server.execution)
        return server.execution == nil ? "Too" + text.dropFirst(3) + "." : "It \(text)."
    }

    private var facts: HTML {
        var facts: [(String, String)] = []
        if let cell = server.bestCell {
            facts.append((server.best == nil ? "Fastest setting" : "Best setting", Wording.setting(cell.setting)))
            facts.append(("Throughput", BenchText.value(cell.textsPerSecond, "texts/s")))
            if let tokens = cell.tokensPerSecond { facts.append(("Tokens", "\(Figures.rate(tokens)) tokens/s")) }
            facts.append(("95 % of requests within", Figures.latency(milliseconds: cell.latency.p95)))
        }
        if let load = server.coldLoad { facts.append(("First request", Wording.coldLoad(load))) }
        return """
            <dl class="facts">
            \(facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" as HTML })</dl>
            """
    }
}
