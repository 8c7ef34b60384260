/// A report for a terminal.
public enum BenchText {
    /// What the terminal can show.
    public struct Style: Sendable {
        var width: Int
        var hasColour: Bool

        /// - Parameter width: In columns; what is narrower than 40 is taken for 40.
        public init(width: Int, hasColour: Bool) {
            self.width = max(40, width)
            self.hasColour = hasColour
        }
    }

    /// No line is longer than the terminal is wide, besides words of the recommended command. Control characters in names
    /// do not get through; the only ones are line ends and, with colour, escapes of its own.
    public static func text(_ report: BenchReport, style: Style) -> String {
        var canvas = TextCanvas(style)
        header(report, on: &canvas)
        for server in report.servers { show(server, on: &canvas) }
        for server in report.leftOut ?? [] {
            canvas.title(server.name)
            canvas.paragraph(server.reason, label: "left out: ")
        }
        compare(report.servers, on: &canvas)
        stages(report, on: &canvas)
        recommendation(report, on: &canvas)
        return canvas.text
    }

    private static func header(_ report: BenchReport, on canvas: inout TextCanvas) {
        canvas.title(report.model.name)
        canvas.paragraph(Wording.model(report.model))
        canvas.paragraph(Wording.texts(report.texts))
        canvas.paragraph("\(Wording.machine(report.machine)); pattern-sync \(report.version)")
        canvas.paragraph("\(Wording.moment(report.startedAt)), measured for \(Figures.seconds(report.durationSeconds))")
        if report.status == .interrupted {
            canvas.paragraph("interrupted: what follows was measured until then, and something is missing")
        }
    }

    private static func show(_ server: ServerReport, on canvas: inout TextCanvas) {
        canvas.title(server.name)
        if let load = server.coldLoad { canvas.paragraph(Wording.coldLoad(load), label: "first request: ") }
        guard !server.cells.isEmpty else { return canvas.paragraph("nothing was measured here") }
        canvas.paragraph(Wording.execution(server.execution))
        canvas.blank()
        HeatTable(server).draw(on: &canvas)
    }

    private static func compare(_ servers: [ServerReport], on canvas: inout TextCanvas) {
        let rates = servers.compactMap { server in server.bestCell.map { (server.name.printable, $0.textsPerSecond) } }
        let longest = rates.map(\.1.mean).max() ?? 0
        guard rates.count > 1 else { return }
        canvas.title("Servers, each at its best setting")
        TextBars.draw(
            rates.map { name, rate in
                TextBars.Bar(name: name, length: rate.mean / longest, value: value(rate, "texts/s"))
            },
            on: &canvas
        )
        canvas.paragraph(value(.sum(rates.map(\.1)), "texts/s"), label: "together: ")
    }

    private static func stages(_ report: BenchReport, on canvas: inout TextCanvas) {
        guard !report.stages.isEmpty else { return }
        canvas.title("Stages, each alone and all together")
        let measured = report.stages.compactMap { stage in stage.measured.map { (stage.name, $0) } }
        let scale = CeilingScale(measured.map(\.1.mean))
        TextBars.draw(
            measured.map { name, rate in
                TextBars.Bar(
                    name: Wording.stage(name),
                    length: scale.length(rate.mean) ?? .infinity,
                    value: value(rate, "rows/s"),
                    isMarked: name == report.bottleneck
                )
            },
            on: &canvas
        )
        for stage in report.stages {
            if let note = stage.note {
                canvas.paragraph(note, label: Wording.stage(stage.name) + ": ")
            } else if stage.measured == nil {
                canvas.paragraph("nothing was measured", label: Wording.stage(stage.name) + ": ")
            }
        }
        if let bottleneck = Wording.bottleneck(report) {
            canvas.blank()
            canvas.paragraph(bottleneck)
        }
    }

    private static func recommendation(_ report: BenchReport, on canvas: inout TextCanvas) {
        guard let recommendation = report.recommendation else { return }
        canvas.title("Recommendation")
        let setting = ServerReport.Setting(texts: recommendation.embedBatch, inFlight: recommendation.concurrency)
        canvas.paragraph(
            "\(Wording.setting(setting)) at each server: about \(Figures.rate(recommendation.textsPerSecond)) texts/s"
        )
        canvas.paragraph(recommendation.reason)
        canvas.paragraph(Wording.fixedSettings)
        canvas.blank()
        for line in ShellCommand.lines(recommendation.command, width: canvas.style.width - 4) {
            canvas.line("    " + line)
        }
    }

    static func value(_ rate: Estimate, _ unit: String) -> String {
        "\(Figures.rate(rate.mean)) \(unit)" + (rate.tolerance.map { " " + $0 } ?? "")
    }
}
