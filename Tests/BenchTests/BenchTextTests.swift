import Bench
import Testing

@Suite struct `A report in a terminal` {
    private static func text(_ report: BenchReport, width: Int = 80, hasColour: Bool = false) -> String {
        BenchText.text(report, style: .init(width: width, hasColour: hasColour))
    }

    @Test func `of one setting is a page of text`() {
        let expected = """
            nomic-embed-text:latest
              ollama, 768 components, context of 2,048 tokens, digest
              0a109f422b47
              971 texts from the table, 1.28 kB on average, 95 % up to
              4.31 kB
              Linux x86_64, 8 processors; pattern-sync 1.2.0
              2026-01-05 12:00 UTC, measured for 48 s

            http://localhost:11434
              too little was measured to tell how it works on several
              texts

              texts/s, by texts a request (down) and requests in flight
              (across)
                       1
                 1 *19.9

              latency, p50/p95 in ms
                        1
                 1 *50/64
              * the fastest: 1 text a request, 1 in flight

            """
        #expect(Self.text(ReportSamples.oneCell(), width: 60) == expected)
    }

    @Test func `of a serial server says what that means and what to do`() {
        let text = Self.text(ReportSamples.serial())
        let expected = """
              runs texts one after another: more requests in flight, or more texts a
              request, only wait

              texts/s, by texts a request (down) and requests in flight (across)
                       1      2      4
                 1 *19.9   20.1   20.0
                 4  20.4   20.1   20.5
                16  20.6   20.3   20.3

            """
        #expect(text.contains(expected))
        #expect(text.hasSuffix("\n\n    pattern-sync --concurrency 1 --embed-batch 1\n"))
    }

    @Test(arguments: SampleName.allCases) func `is no wider than the terminal`(sample: SampleName) throws {
        for width in [40, 41, 52, 63, 64, 80, 97, 140] {
            let text = try #require(
                TerminalText.withoutColours(Self.text(sample.report, width: width, hasColour: true))
            )
            for line in TerminalText.lines(text) where line.count > width {
                // A word of a command is never broken.
                #expect(line.hasPrefix("    ") && !line.dropFirst(6).dropLast(2).contains(" "), "\(width): \(line)")
            }
        }
        #expect(Self.text(sample.report, width: 0) == Self.text(sample.report, width: 40))
    }

    @Test(arguments: SampleName.allCases) func `says the same with colours as without`(sample: SampleName) throws {
        let coloured = try #require(TerminalText.withoutColours(Self.text(sample.report, hasColour: true)))
        let trimmed = TerminalText.lines(coloured).map { String($0.reversed().drop { $0 == " " }.reversed()) }
        #expect(trimmed.joined(separator: "\n") == Self.text(sample.report))
    }

    @Test func `lets no control character of a name through`() {
        for width in [40, 100] {
            let text = Self.text(ReportSamples.named(TerminalText.hostile), width: width)
            let obeyed = text.unicodeScalars.filter {
                $0 != "\n" && ($0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E)
            }
            #expect(obeyed.isEmpty)
            #expect(text.contains("31m"))
        }
    }

    @Test func `shows every setting, at any width`() {
        let report = ReportSamples.twoServers()
        for width in [40, 80, 120] {
            let words = Set(Self.text(report, width: width).split { " \n*~!".contains($0) })
            for cell in report.servers.flatMap(\.cells) {
                let rate = cell.textsPerSecond.mean
                // From a hundred on without decimals, and without separators below a thousand.
                if rate > 100, rate < 999 { #expect(words.contains("\(Int(rate.rounded()))"), "\(cell.setting)") }
            }
            for server in report.servers {
                for texts in Set(server.cells.map(\.setting.texts)) { #expect(words.contains("\(texts)")) }
            }
        }
    }

    @Test func `marks errors and says what the first one was`() {
        let text = Self.text(ReportSamples.twoServers(), width: 120)
        #expect(
            text.contains(
                "! 16 texts a request, 2 in flight: 3 requests failed, 12 were answered: 503 Service Unavailable: server busy,"
            )
        )
        let only = Self.text(ReportSamples.errorsOnly(), width: 120)
        #expect(only.contains("8 requests failed, 0 were answered: 500: llama runner process has terminated"))
        #expect(only.contains("1  -!"))
    }

    @Test func `says what was refused, and tells it from errors`() {
        var report = ReportSamples.errorsOnly()
        report.servers[0].cells[0].setting.texts = 16
        report.servers[0].cells[0].refused = true
        let text = Self.text(report, width: 120)
        #expect(text.contains("16  -x"))
        #expect(
            text.contains(
                "x 16 texts a request, 1 in flight: refused, and larger requests with it: 500: llama runner"
            )
        )
        #expect(!text.contains("failed"))
    }

    @Test func `names the servers that were left out`() {
        var report = ReportSamples.serial()
        report.leftOut = [.init(name: "http://down:1", reason: "connection refused")]
        #expect(Self.text(report).contains("\nhttp://down:1\n  left out: connection refused\n"))
        let page = Markup(BenchPage.html(report, comparedTo: nil))
        #expect(page.fault == nil)
        #expect(page.text.contains("Servers that were left out http://down:1 : connection refused"))
    }

    @Test func `says that a recommended setting is a fixed one`() {
        let words = Self.text(ReportSamples.serial(), width: 400)
        let note = "Without these options a sync finds its setting by itself"
        #expect(words.contains(note))
        #expect(Markup(BenchPage.html(ReportSamples.serial(), comparedTo: nil)).text.contains(note))
    }

    @Test func `says when it was interrupted, and shows what there is`() {
        let text = Self.text(ReportSamples.interrupted())
        #expect(text.contains("interrupted: what follows was measured until then, and something is missing"))
        #expect(text.contains("*47.0~"))
        #expect(!text.contains("Stages"))
        #expect(!text.contains("Recommendation"))
    }

    @Test func `compares servers and stages by bars, of which far longer ones are cut`() {
        let text = Self.text(ReportSamples.twoServers(), width: 140)
        let bars = TerminalText.lines(text).filter { $0.contains("\u{2588}") }
        #expect(bars.count == 5)
        #expect(bars.filter { $0.contains("\u{00BB}") }.map { $0.prefix(8) } == ["  source", "  sink  "])
        #expect(text.contains("together: 2,573 texts/s \u{00B1} 1.6 %"))
        #expect(text.contains("The whole sync reaches 97 % of that."))
    }

    @Test func `breaks a command where a shell goes on`() throws {
        var report = ReportSamples.twoServers()
        let command =
            "pattern-sync --query 'select a  b' --name \"two words\" --path one\\ word --concurrency 4 --embed-batch 32"
        report.recommendation?.command = command
        for width in [40, 47, 58, 80, 120] {
            let text = Self.text(report, width: width)
            let start = try #require(text.firstRange(of: "    pattern-sync --"))
            let lines = TerminalText.lines(String(text[start.lowerBound...])).dropLast()
            let parts = lines.map { line in line.drop { $0 == " " } }
            #expect(parts.dropLast().allSatisfy { $0.hasSuffix(" \\") })
            #expect(parts.joined(separator: "\n").replacing("\\\n", with: "") == command)
        }
    }
}
