internal import Bench
internal import Settings

extension BenchPlan {
    /// - Parameter commandOptions: of the command that is recommended, beside the measured ones.
    /// - Throws: `UsageError` for a value that is none, or options that contradict each other.
    init(_ options: BenchOptions, commandOptions: [String]) throws(UsageError) {
        self.commandOptions = commandOptions
        if let only = options.only {
            stages = [try Setting(text: only, origin: "--only").choice(StageReport.Name.self)]
        }
        if options.quick {
            if options.cellSeconds != nil {
                throw UsageError("--quick is given with --cell-seconds, expected one of them")
            }
            limits = .quick
            longestSweep = .seconds(30)
        }
        if let seconds = options.cellSeconds {
            limits = .upTo(try Self.duration(seconds, "--cell-seconds", atMost: 600))
        }
        if let seconds = options.maxSeconds {
            longestSweep = try Self.duration(seconds, "--max-seconds", atMost: 86_400)
        }
        if let texts = options.texts {
            guard (1...10_000).contains(texts) else {
                throw UsageError("--texts is \(texts), expected a whole number of at least 1 and at most 10000")
            }
            self.texts = texts
        }
        unloads = options.cold
        sweep.longestRequest = limits.maximum / 4
        if let list = options.embedBatches {
            sweep.texts = try Self.numbers(list, "--embed-batches", atMost: 10_000)
            sweep.isExhaustive = true
        }
        if let list = options.inFlight {
            sweep.inFlight = try Self.numbers(list, "--in-flight", atMost: 256)
            sweep.isExhaustive = true
        }
        try checkUse(options)
        try Self.checkComparison(options)
        if options.json, options.html == "-" {
            throw UsageError("--html - is given with --json, expected one of them: standard output is for one result")
        }
    }

    /// What only some stages use is given with one of those.
    private func checkUse(_ options: BenchOptions) throws(UsageError) {
        let given: [(name: String, isGiven: Bool, stages: Set<StageReport.Name>)] = [
            ("--embed-batches", options.embedBatches != nil, [.embedder]),
            ("--in-flight", options.inFlight != nil, [.embedder]),
            ("--max-seconds", options.maxSeconds != nil, [.embedder]),
            ("--cold", options.cold, [.embedder]),
            ("--texts", options.texts != nil, [.embedder, .sink]),
            ("--prefix", options.prefix != nil, [.embedder, .pipeline]),
        ]
        for option in given where option.isGiven && option.stages.isDisjoint(with: stages) {
            let users = StageReport.Name.allCases.filter(option.stages.contains).map(\.rawValue)
            throw UsageError(
                "\(option.name) is given with --only \(options.only ?? ""), expected it with "
                    + "\(users.joined(separator: " or ")), which alone \(users.count == 1 ? "uses" : "use") it"
            )
        }
    }

    private static func checkComparison(_ options: BenchOptions) throws(UsageError) {
        guard let percent = options.failBelow else { return }
        guard options.compare != nil else {
            throw UsageError("--fail-below is given without --compare, expected both or none")
        }
        guard percent > 0, percent <= 100 else {
            throw UsageError("--fail-below is \(percent), expected a number above 0 and of at most 100")
        }
    }

    private static func duration(
        _ seconds: Double,
        _ name: String,
        atMost limit: Double
    ) throws(UsageError) -> Duration {
        guard seconds > 0, seconds <= limit else {
            throw UsageError("\(name) is \(seconds), expected a number above 0 and of at most \(Int(limit))")
        }
        return .seconds(seconds)
    }

    /// Rising, each once.
    private static func numbers(_ list: String, _ name: String, atMost limit: Int) throws(UsageError) -> [Int] {
        var numbers: Set<Int> = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(part.filter { !$0.isWhitespace }), (1...limit).contains(number) else {
                throw UsageError("\(name) is '\(list)', expected whole numbers from 1 to \(limit), such as 1,4,16")
            }
            numbers.insert(number)
        }
        return numbers.sorted()
    }
}
