import Bench
import Testing

@Suite struct `Two reports` {
    private static func text(_ comparison: BenchComparison, width: Int = 100) -> String {
        comparison.text(style: .init(width: width, hasColour: false))
    }

    /// One server with one setting, at so many texts a second.
    private static func report(_ rate: Double, within error: Double = 0.01, samples: Int = 10) -> BenchReport {
        var report = ReportSamples.oneCell()
        report.servers[0].cells[0].textsPerSecond = ReportSamples.estimate(rate, within: error, samples: samples)
        return report
    }

    @Test func `are told apart where the change is more than chance`() {
        let slower = BenchComparison(old: Self.report(100), new: Self.report(90))
        #expect(
            Self.text(slower).contains(
                "\u{2212}10.0 %  (\u{2212}11.3 % to \u{2212}8.7 %)  100 \u{2192} 90.0 texts/s  slower"
            )
        )
        let faster = BenchComparison(old: Self.report(100), new: Self.report(110))
        #expect(Self.text(faster).contains("+10.0 %  (+8.5 % to +11.6 %)  100 \u{2192} 110 texts/s  faster"))
        let unclear = BenchComparison(old: Self.report(100, within: 0.1), new: Self.report(90, within: 0.1))
        #expect(
            Self.text(unclear).contains(
                "\u{2212}10.0 %  (\u{2212}21.9 % to +3.7 %)  100 \u{2192} 90.0 texts/s  unclear"
            )
        )
        let once = BenchComparison(old: Self.report(100), new: Self.report(90, samples: 1))
        #expect(Self.text(once).contains("\u{2212}10.0 %  100 \u{2192} 90.0 texts/s  measured once"))
    }

    @Test func `are worse past the limit, and beyond chance`() {
        let clear = BenchComparison(old: Self.report(100), new: Self.report(90))
        #expect(clear.isWorse(thanPercent: 5))
        #expect(clear.isWorse(thanPercent: 9.9))
        #expect(!clear.isWorse(thanPercent: 10.1))
        #expect(!BenchComparison(old: Self.report(90), new: Self.report(100)).isWorse(thanPercent: 0))
        #expect(!BenchComparison(old: Self.report(100), new: Self.report(100)).isWorse(thanPercent: 0))
        let chance = BenchComparison(old: Self.report(100, within: 0.1), new: Self.report(90, within: 0.1))
        #expect(!chance.isWorse(thanPercent: 5))
        #expect(!BenchComparison(old: Self.report(100), new: Self.report(90, samples: 1)).isWorse(thanPercent: 5))
    }

    @Test func `are worse where nothing is answered any more`() {
        let comparison = BenchComparison(old: ReportSamples.oneCell(), new: ReportSamples.errorsOnly())
        #expect(comparison.isWorse(thanPercent: 99))
        #expect(Self.text(comparison).contains("\u{2212}100 %"))
        // What was not reached before it was stopped is no failure.
        #expect(!BenchComparison(old: ReportSamples.oneCell(), new: ReportSamples.empty()).isWorse(thanPercent: 1))
        #expect(!BenchComparison(old: ReportSamples.errorsOnly(), new: ReportSamples.oneCell()).isWorse(thanPercent: 1))
    }

    @Test(arguments: StageReport.Name.allCases) func `are worse where a stage is`(name: StageReport.Name) throws {
        let old = ReportSamples.twoServers()
        var new = old
        let index = try #require(new.stages.firstIndex { $0.name == name })
        new.stages[index] = ReportSamples.stage(name, old.stages[index].rowsPerSecond.mean * 0.8)
        #expect(BenchComparison(old: old, new: new).isWorse(thanPercent: 15))
        #expect(!BenchComparison(old: old, new: new).isWorse(thanPercent: 25))
        new.stages.remove(at: index)
        #expect(!BenchComparison(old: old, new: new).isWorse(thanPercent: 1))
    }

    @Test func `are compared by the servers that both have`() {
        let old = ReportSamples.twoServers()
        var new = old
        new.servers.remove(at: 0)
        new.servers.append(ReportSamples.server("http://new:1", .init(request: 1, text: 1, parallel: 1), .serial))
        let comparison = BenchComparison(old: old, new: new)
        #expect(!comparison.isWorse(thanPercent: 1))
        let text = Self.text(comparison)
        #expect(text.contains("http://gpu-a:11434"))
        #expect(text.contains("2,526 \u{2192} not measured texts/s"))
        #expect(text.contains("http://new:1"))
        // With no server in common, all are compared with all.
        new.servers.remove(at: 0)
        #expect(BenchComparison(old: old, new: new).isWorse(thanPercent: 10))
    }

    /// One server with these settings: texts a request, of one in flight, and texts a second.
    private static func report(_ rates: [Int: Double], at name: String = "http://localhost:11434") -> BenchReport {
        var report = ReportSamples.oneCell()
        report.servers[0].name = name
        report.servers[0].cells = rates.sorted { $0.key < $1.key }.map { texts, rate in
            var cell = report.servers[0].cells[0]
            cell.setting = .init(texts: texts, inFlight: 1)
            cell.textsPerSecond = ReportSamples.estimate(rate)
            return cell
        }
        let best = report.servers[0].cells.max { $0.textsPerSecond.mean < $1.textsPerSecond.mean }
        report.servers[0].best = best?.setting
        report.stages = [ReportSamples.stage(.embedder, best?.textsPerSecond.mean ?? 0)]
        return report
    }

    @Test func `are compared by the settings that both have`() {
        let old = Self.report([1: 750, 4: 2_700])
        let fewer = BenchComparison(old: old, new: Self.report([1: 750]))
        #expect(!fewer.isWorse(thanPercent: 5))
        #expect(fewer.undecided == nil)
        let text = Self.text(fewer, width: 200)
        #expect(text.contains("750 \u{2192} 750 texts/s  unclear"), "\(text)")
        #expect(text.contains("2,700 \u{2192} 750 rows/s  not comparable"), "\(text)")
        #expect(
            text.contains(
                "Other settings: http://localhost:11434 can be compared by 1, of 2 that were measured then and 1 now."
            ),
            "\(text)"
        )
        // What is slower hides behind no setting that is new.
        let more = BenchComparison(old: Self.report([1: 750]), new: Self.report([1: 400, 8: 5_000]))
        #expect(more.isWorse(thanPercent: 40))
        // The same settings are compared as a stage as well.
        let same = BenchComparison(old: old, new: Self.report([1: 750, 4: 2_000]))
        #expect(same.isWorse(thanPercent: 20))
        #expect(!Self.text(same, width: 200).contains("Other settings"))
    }

    @Test(arguments: ["http://localhost:11434", "http://elsewhere:11434"])
    func `are undecided where they have no setting in common`(_ name: String) {
        let new = Self.report([1: 750], at: name)
        let comparison = BenchComparison(old: Self.report([4: 2_700]), new: new)
        #expect(!comparison.isWorse(thanPercent: 5))
        #expect(comparison.undecided?.contains("no setting") == true)
        let text = Self.text(comparison, width: 200)
        #expect(text.contains("2,700 \u{2192} 750 texts/s  not comparable"), "\(text)")
        #expect(text.contains("was measured then and now"), "\(text)")
        #expect(!text.contains("slower"), "\(text)")
        let page = Markup(BenchPage.html(new, comparedTo: comparison))
        #expect(page.fault == nil)
        #expect(page.text.contains("not comparable"))
    }

    @Test func `are undecided where nothing, or too little, was measured in both`() {
        #expect(BenchComparison(old: ReportSamples.oneCell(), new: ReportSamples.empty()).undecided != nil)
        #expect(BenchComparison(old: Self.report(100), new: Self.report(90, samples: 1)).undecided != nil)
        #expect(BenchComparison(old: Self.report(100), new: Self.report(90)).undecided == nil)
        #expect(BenchComparison(old: Self.report(100), new: Self.report(100)).undecided == nil)
    }

    @Test func `show every setting of both, once`() {
        let old = ReportSamples.serial()
        var new = ReportSamples.serial(speed: 0.9)
        new.servers[0].cells.removeFirst()
        new.servers[0].cells.append(
            ReportSamples.cell(.init(texts: 64, inFlight: 1), .init(request: 1, text: 49, parallel: 1))
        )
        let lines = TerminalText.lines(Self.text(BenchComparison(old: old, new: new)))
        let settings = lines.filter { $0.contains(" \u{00D7} ") && $0.contains("\u{2192}") }
        #expect(settings.count == 10)
        #expect(settings.filter { $0.contains("slower") }.count == 8)
        #expect(settings.first?.contains("19.9 \u{2192} not measured") == true)
        #expect(settings.last?.contains("not measured \u{2192} ") == true)
    }

    @Test func `are warned of where they may not be comparable`() {
        let old = ReportSamples.serial()
        #expect(!Self.text(BenchComparison(old: old, new: old)).contains("warning"))
        var new = old
        new.model.digest = "ffffffffffffffff"
        new.texts.count = 12
        new.machine.processors = 64
        new.status = .interrupted
        let text = Self.text(BenchComparison(old: old, new: new), width: 200)
        #expect(text.contains("warning: Other versions of the model: 0a109f422b47 then, ffffffffffff now."))
        #expect(
            text.contains("warning: Other machines: Linux x86_64, 8 processors then, Linux x86_64, 64 processors now.")
        )
        #expect(text.contains("warning: Other texts, comparable only with care: 971 texts from the table"))
        #expect(text.contains("warning: The new report was interrupted, and something is missing in it."))
        new.model.name = "other"
        #expect(
            Self.text(BenchComparison(old: old, new: new)).contains(
                "Other models: nomic-embed-text:latest then, other now."
            )
        )
    }

    @Test func `fit the terminal, whatever they are called`() throws {
        for sample in SampleName.allCases {
            let comparison = BenchComparison(old: ReportSamples.named(TerminalText.hostile), new: sample.report)
            for width in [40, 41, 60, 80, 97, 120] {
                let text = comparison.text(style: .init(width: width, hasColour: true))
                let plain = try #require(TerminalText.withoutColours(text))
                #expect(TerminalText.lines(plain).allSatisfy { $0.count <= width })
                #expect(!plain.unicodeScalars.contains { $0.value == 0x9B || $0.value == 0x202E })
            }
        }
    }
}
