import Pipeline
import Testing

@Suite
struct ResumePlanTests {
    private static let fingerprint = Fingerprint(source: "s1", target: "t1", embedder: "e1")

    /// - Parameter stored: how many of the rows below its mark were stored; nil when it has no mark.
    private static func interrupted(stored: Int? = 40, _ mode: SyncMode = .full) -> InterruptedRun {
        let header = RunHeader(
            runID: "g1",
            mode: mode,
            fingerprint: fingerprint,
            collection: "code_patterns",
            model: "nomic"
        )
        let checkpoint = stored.map { count in
            var tally = Tally()
            tally.rowsRead = count + 2
            tally.rejected = 2
            return Checkpoint(position: Position("k"), tally: tally)
        }
        return InterruptedRun(header: header, checkpoint: checkpoint, rejectedKeys: stored == nil ? [] : ["1", nil])
    }

    /// Decides without being told to begin anew.
    private func decide(
        _ interrupted: InterruptedRun?,
        _ evidence: TargetEvidence,
        _ mode: SyncMode = .full,
        fingerprint: Fingerprint = fingerprint
    ) throws(PipelineError) -> ResumePlan {
        try ResumePlan.decide(
            interrupted: interrupted,
            mode: mode,
            fingerprint: fingerprint,
            evidence: evidence,
            fresh: false
        )
    }

    private static let evidences: [TargetEvidence] = [
        .missing, .present(.run(nil), points: 0), .present(.run("g1"), points: 0),
        .present(.run("g2"), points: 0), .present(.impossible, points: 0), .present(.impossible, points: 40),
    ]

    @Test(arguments: evidences, SyncMode.allCases)
    func `begins anew without a reason when nothing was interrupted`(evidence: TargetEvidence, mode: SyncMode) throws {
        for fresh in [true, false] {
            let plan = try ResumePlan.decide(
                interrupted: nil,
                mode: mode,
                fingerprint: Self.fingerprint,
                evidence: evidence,
                fresh: fresh
            )
            #expect(plan == .anew(because: nil))
        }
    }

    @Test(arguments: evidences, SyncMode.allCases)
    func `begins anew when told to, whatever was interrupted`(evidence: TargetEvidence, mode: SyncMode) throws {
        let plan = try ResumePlan.decide(
            interrupted: Self.interrupted(stored: 40, mode),
            mode: mode,
            fingerprint: Fingerprint(source: "s2", target: "t2", embedder: "e2"),
            evidence: evidence,
            fresh: true
        )
        #expect(plan == .anew(because: "told to begin anew"))
    }

    @Test(arguments: [
        TargetEvidence.present(.run("g1"), points: 40), .present(.impossible, points: 40),
        .present(.impossible, points: 41),
        // What is missing is found by the comparison at its end.
        .present(.run("g1"), points: 0),
    ])
    func `resumes when what the mark stands for is there`(evidence: TargetEvidence) throws {
        let plan = try decide(Self.interrupted(), evidence)
        #expect(plan == .resume(Self.interrupted()))
    }

    @Test(arguments: evidences, SyncMode.allCases)
    func `begins anew without a reason when the interrupted run had no mark`(
        evidence: TargetEvidence,
        mode: SyncMode
    ) throws {
        let plan = try decide(Self.interrupted(stored: nil, mode), evidence, mode)
        #expect(plan == .anew(because: nil))
    }

    @Test(arguments: [
        (TargetEvidence.missing, "no longer there"), (.present(.run(nil), points: 40), "replaced"),
        (.present(.run("g2"), points: 40), "replaced"),
        (.present(.impossible, points: 39), "39 of the 40 points"),
        (.present(.impossible, points: 0), "0 of the 40 points"),
    ])
    func `begins anew and says why when the target is not the one that was filled`(
        evidence: TargetEvidence,
        reason: String
    ) throws {
        let plan = try decide(Self.interrupted(), evidence)
        guard case .anew(let because?) = plan else {
            Issue.record("\(plan)")
            return
        }
        #expect(because.contains(reason))
    }

    @Test(arguments: evidences)
    func `resumes an incremental run wherever there is a collection`(evidence: TargetEvidence) throws {
        let interrupted = Self.interrupted(stored: 40, .incremental)
        let plan = try decide(interrupted, evidence, .incremental)
        let expected =
            evidence == .missing ? .anew(because: "the collection is no longer there") : ResumePlan.resume(interrupted)
        #expect(plan == expected)
    }

    @Test(arguments: evidences)
    func `gives up an incremental run of another set-up, and says why`(evidence: TargetEvidence) throws {
        let plan = try decide(
            Self.interrupted(stored: 40, .incremental),
            evidence,
            .incremental,
            fingerprint: Fingerprint(source: "s2", target: "t1", embedder: "e2")
        )
        #expect(plan == .anew(because: "it had another query or database and model or embedding options"))
    }

    @Test(arguments: [
        (Fingerprint(source: "s2", target: "t1", embedder: "e1"), ["query"]),
        (Fingerprint(source: "s1", target: "t2", embedder: "e1"), ["target"]),
        (Fingerprint(source: "s1", target: "t1", embedder: "e2"), ["model"]),
        (Fingerprint(source: "s2", target: "t1", embedder: "e2"), ["query", "model"]),
        (Fingerprint(source: "s2", target: "t2", embedder: "e2"), ["query", "target", "model"]),
    ])
    func `refuses another set-up, names what differs and the way on`(
        fingerprint: Fingerprint,
        differences: [String]
    ) throws {
        let interrupted = [Self.interrupted(), Self.interrupted(stored: nil)]
        for (run, evidence) in zip(interrupted, [TargetEvidence.present(.run("g1"), points: 40), .missing]) {
            let error = try #require(
                #expect(throws: PipelineError.self) {
                    try decide(run, evidence, fingerprint: fingerprint)
                }
            )
            #expect(error.kind == .setup)
            let what = error.message.prefix { $0 != "(" }
            for part in ["query", "target", "model"] { #expect(what.contains(part) == differences.contains(part)) }
            #expect(error.message.contains("code_patterns") && error.message.contains("nomic"))
            #expect(error.remedy?.contains("--fresh") == true)
        }
    }
}
