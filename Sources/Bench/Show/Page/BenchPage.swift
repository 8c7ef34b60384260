/// A report as a page for people: one file that needs nothing else, no script and no network.
public enum BenchPage {
    /// Valid HTML5. Whatever names and messages contain is shown, never obeyed.
    public static func html(_ report: BenchReport, comparedTo comparison: BenchComparison?) -> String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(report.model.name) \u{2013} pattern-sync bench</title>
            <style>
            \(PageStyle.css)
            </style>
            </head>
            <body>
            <main>
            \(header(report))
            \(recommendation(report))
            \(comparison.map(changes))
            \(stages(report))
            \(servers(report.servers))
            \(report.servers.enumerated().map { ServerSection(server: $1, index: $0).html })
            \(leftOut(report.leftOut ?? []))
            \(method(report))
            </main>
            </body>
            </html>

            """
        return page.source
    }

    private static func header(_ report: BenchReport) -> HTML {
        let interrupted: HTML? =
            report.status == .interrupted
            ? "<p class=\"notice\"><b>Interrupted.</b> What follows was measured until then, and something is missing.</p>"
            : nil
        return """
            <header>
            <p class="over">pattern-sync bench</p>
            <h1>\(report.model.name)</h1>
            <p class="lead">\(Wording.model(report.model))</p>
            \(interrupted)
            \(Headline(report: report).html)
            </header>
            """
    }

    private static func recommendation(_ report: BenchReport) -> HTML? {
        guard let recommendation = report.recommendation else { return nil }
        let setting = ServerReport.Setting(texts: recommendation.embedBatch, inFlight: recommendation.concurrency)
        // A line may end between words alone.
        let words = ShellCommand.words(recommendation.command.printable).map { "<span>\($0)</span>" as HTML }
        let command = words.dropFirst().reduce(words.first ?? "") { "\($0) \($1)" }
        return """
            <section aria-labelledby="recommendation">
            <h2 id="recommendation">Recommendation</h2>
            <p class="lead">\(Wording.setting(setting)) at each server: about \
            \(Figures.rate(recommendation.textsPerSecond)) texts/s. \(recommendation.reason)</p>
            <pre tabindex="0" aria-label="command to copy"><code>\(command)</code></pre>
            <p class="small">\(Wording.fixedSettings)</p>
            </section>
            """
    }

    private static func changes(_ comparison: BenchComparison) -> HTML {
        let grids = comparison.names.compactMap { ChangeGrid(of: $0, in: comparison).html }
        let reach = ChangeRows.reach(of: comparison.decisive)
        let warnings = comparison.warnings
        return """
            <section aria-labelledby="changes">
            <h2 id="changes">What changed</h2>
            <p class="lead">Since the report of \(Wording.moment(comparison.old.startedAt)), made by pattern-sync \(comparison.old.version).</p>
            \(warnings.isEmpty ? nil : "<ul class=\"notice\">\(warnings.map { "<li>\($0)</li>" as HTML })</ul>" as HTML)
            \(ChangeRows(items: comparison.decisive, reach: reach).html)
            <div class="pair">
            \(grids)</div>
            <p class="small">\(BenchComparison.chance)</p>
            </section>
            """
    }

    private static func stages(_ report: BenchReport) -> HTML? {
        guard !report.stages.isEmpty else { return nil }
        let measured = report.stages.compactMap { stage in stage.measured.map { (stage, $0) } }
        let scale = CeilingScale(measured.map(\.1.mean))
        let lowest = measured.filter { $0.0.name != .pipeline }.min { $0.1.mean < $1.1.mean }
        let rows = measured.map { stage, rate in
            let ratio = lowest.flatMap { lowest, least in
                rate.mean > least.mean * 1.05
                    ? "\(Figures.times(rate.mean / least.mean)) the \(Wording.stage(lowest.name))" : nil
            }
            return BarRows.Row(
                name: Wording.stage(stage.name),
                detail: Wording.system(stage.name),
                value: rate,
                unit: "rows/s",
                remark: [rate.tolerance, ratio].compactMap { $0 }.joined(separator: ", "),
                isMarked: stage.name == report.bottleneck
            )
        }
        let notes = report.stages.compactMap { stage -> HTML? in
            guard let note = stage.note ?? (stage.measured == nil ? "nothing was measured" : nil) else { return nil }
            return "<li><b>\(Wording.stage(stage.name))</b>: \(note)</li>"
        }
        return """
            <section aria-labelledby="stages">
            <h2 id="stages">What each stage can do</h2>
            <p class="lead">\(Wording.bottleneck(report) ?? "Too little was measured to name a bottleneck.")</p>
            \(rows.isEmpty ? nil : BarRows(rows: rows, end: scale.end).html)
            \(notes.isEmpty ? nil : "<ul class=\"small\">\(notes)</ul>" as HTML)
            </section>
            """
    }

    private static func servers(_ servers: [ServerReport]) -> HTML? {
        let reached = servers.compactMap { server in server.bestCell.map { (server, $0) } }
        guard reached.count > 1 else { return nil }
        let rows = reached.map { server, cell in
            BarRows.Row(
                name: server.name,
                detail: Wording.setting(cell.setting),
                value: cell.textsPerSecond,
                unit: "texts/s",
                remark: cell.textsPerSecond.tolerance ?? ""
            )
        }
        return """
            <section aria-labelledby="servers">
            <h2 id="servers">Servers side by side</h2>
            <p class="lead">Each at its best setting; together \
            \(BenchText.value(.sum(reached.map(\.1.textsPerSecond)), "texts/s")).</p>
            \(BarRows(rows: rows, end: rows.map(\.value.mean).max() ?? 1).html)
            </section>
            """
    }

    private static func leftOut(_ servers: [BenchReport.LeftOut]) -> HTML? {
        guard !servers.isEmpty else { return nil }
        return """
            <section aria-labelledby="left-out">
            <h2 id="left-out">Servers that were left out</h2>
            <ul class="notice">\(servers.map { "<li><b>\($0.name)</b>: \($0.reason)</li>" as HTML })</ul>
            </section>
            """
    }

    private static func method(_ report: BenchReport) -> HTML {
        let facts = [
            ("Texts", Wording.texts(report.texts)), ("Machine", Wording.machine(report.machine)),
            ("Program", "pattern-sync \(report.version)"), ("Started", Wording.moment(report.startedAt)),
            ("Took", Figures.seconds(report.durationSeconds)),
        ]
        return """
            <section aria-labelledby="method">
            <h2 id="method">What was measured, and how</h2>
            <dl class="facts">
            \(facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" as HTML })</dl>
            <p class="text">Every setting was held until the 95 % confidence interval of its throughput was narrow enough, or its
            time was up; the table says which. \u{00B1} is half of that interval. A latency is the time from sending a request to its
            whole answer; p95 is what 95 of 100 requests kept within. The machine is where pattern-sync ran: its servers may be
            elsewhere.</p>
            \(report.servers.filter { !$0.cells.isEmpty }.map { CellTable(server: $0, grid: SettingGrid($0)).html })
            </section>
            """
    }
}
