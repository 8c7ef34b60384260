import Bench
import Testing

@Suite struct `A report as a page` {
    private static func page(_ report: BenchReport) -> String {
        BenchPage.html(report, comparedTo: BenchComparison(old: ReportSamples.serial(speed: 1.2), new: report))
    }

    @Test(arguments: SampleName.allCases) func `closes what it opens`(sample: SampleName) {
        for page in [Self.page(sample.report), BenchPage.html(sample.report, comparedTo: nil)] {
            let markup = Markup(page)
            #expect(markup.fault == nil)
            #expect(markup.text.contains("What was measured, and how"))
        }
    }

    @Test(arguments: SampleName.allCases) func `names each thing once, and refers to what is there`(
        sample: SampleName
    ) {
        let markup = Markup(Self.page(sample.report))
        let ids = markup.values(of: "id")
        #expect(Set(ids).count == ids.count)
        #expect(Set(markup.values(of: "aria-labelledby")).isSubset(of: Set(ids)))
        #expect(
            markup.elements.filter { $0.name == "svg" && $0.attributes["role"] == "img" }
                .allSatisfy { $0.attributes["aria-label"]?.isEmpty == false || $0.attributes["aria-labelledby"] != nil }
        )
    }

    @Test(arguments: SampleName.allCases) func `needs nothing else, and runs nothing`(sample: SampleName) {
        let markup = Markup(Self.page(sample.report))
        #expect(
            markup.elements.allSatisfy { !["script", "link", "img", "iframe", "object", "base"].contains($0.name) }
        )
        for element in markup.elements {
            #expect(
                element.attributes.keys.allSatisfy { !["src", "href", "style"].contains($0) && !$0.hasPrefix("on") }
            )
        }
        #expect(markup.values(of: "content").contains("default-src 'none'; style-src 'unsafe-inline'"))
    }

    @Test(arguments: SampleName.allCases) func `draws nothing where there is no number`(sample: SampleName) {
        let page = Self.page(sample.report)
        for word in ["nan", "inf%", "\"inf", "Optional"] { #expect(!page.contains(word)) }
    }

    @Test func `shows what names contain, and obeys none of it`() {
        let report = ReportSamples.named(TerminalText.hostile)
        let page = BenchPage.html(report, comparedTo: BenchComparison(old: report, new: report))
        #expect(!page.contains("<img"))
        #expect(
            !page.unicodeScalars.contains {
                $0.value == 0x1B || $0.value == 0x9B || $0.value == 0x202E || $0.value == 0
            }
        )
        // The name of the model stands in the heading, the address in that of its server, the error in a title.
        #expect(page.contains("<h1>&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt; [2J"))
        let markup = Markup(page)
        #expect(markup.text.contains("<img src=x onerror=\"alert('&')\">"))
        #expect(markup.values(of: "title").contains { $0.contains("onerror=\"alert('&')\"") })
    }

    @Test func `has every setting in its tables`() {
        let report = ReportSamples.twoServers()
        let markup = Markup(Self.page(report))
        let tables = markup.elements.filter { $0.name == "table" && $0.attributes["class"] == "all" }
        #expect(tables.count == 2)
        let rows = markup.elements.filter { $0.name == "td" && $0.attributes["class"] == "words" }
        #expect(rows.count == report.servers.map(\.cells.count).reduce(0, +))
        let titles = markup.values(of: "title")
        for cell in report.servers.flatMap(\.cells) {
            let texts = cell.setting.texts == 1 ? "1 text" : "\(cell.setting.texts) texts"
            #expect(titles.contains { $0.hasPrefix("\(texts) a request, \(cell.setting.inFlight) in flight") })
        }
    }

    @Test func `begins with what most readers come for`() {
        let text = Markup(BenchPage.html(ReportSamples.twoServers(), comparedTo: nil)).text
        #expect(text.contains("Throughput 2,573 texts/s 2 servers together, \u{00B1} 1.6 %"))
        #expect(text.contains("95 % of requests within 129 ms"))
        #expect(text.contains("Bottleneck embedder a sync reaches 97 % of it"))
        #expect(text.contains("A million rows take 6 min 42 s at the pace of the whole sync"))
        #expect(text.contains("pattern-sync --concurrency 4 --embed-batch 64 --embed-url http://gpu-a:11434"))
    }

    @Test func `says when something is missing`() {
        let interrupted = Markup(BenchPage.html(ReportSamples.interrupted(), comparedTo: nil)).text
        #expect(interrupted.contains("Interrupted. What follows was measured until then"))
        let failed = Markup(BenchPage.html(ReportSamples.errorsOnly(), comparedTo: nil)).text
        #expect(failed.contains("No setting gave an answer."))
        #expect(failed.contains("8 requests failed, 0 were answered: 500: llama runner process has terminated"))
        #expect(!failed.contains("A million rows"))
    }

    @Test func `survives numbers that make no sense`() {
        var report = ReportSamples.twoServers()
        let numbers = [
            0, -1, 1e-300, 1e300, .infinity, .nan, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude,
        ]
        for (index, number) in numbers.enumerated() {
            report.servers[0].cells[index].textsPerSecond = .init(mean: number, low: -number, high: number, samples: 3)
            report.servers[0].cells[index].latency = .init(
                p50: number,
                p95: number,
                p99: -number,
                max: number,
                histogram: [.init(upTo: number, count: 1), .init(upTo: -number, count: .max)]
            )
            report.servers[0].best = report.servers[0].cells[index].setting
            report.stages[1].rowsPerSecond.mean = number
            #expect(Markup(Self.page(report)).fault == nil)
            #expect(!BenchText.text(report, style: .init(width: 80, hasColour: true)).isEmpty)
        }
    }
}
