import Pipeline
import Testing

@Suite
struct ResumePlanTests {
    private static let fingerprint = Fingerprint(source: "s1", target: "t1", embedder: "e1")

    private static func interrupted(upserted: Int? = 40) -> InterruptedRun {
        let header = RunHeader(
            generation: "g1",
            mode: .full,
            fingerprint: fingerprint,
            collection: "code_patterns",
            model: "nomic"
        )
        let checkpoint = upserted.map { count in
            var tally = Tally()
            tally.upserted = count
            return Checkpoint(position: Position("k"), tally: tally)
        }
        return InterruptedRun(header: header, checkpoint: checkpoint)
    }

    private static let evidences: [TargetEvidence] = [
        .missing, .present(.generation(nil), points: 0), .present(.generation("g1"), points: 0),
        .present(.generation("g2"), points: 0), .present(.impossible, points: 0), .present(.impossible, points: 40),
    ]

    @Test(arguments: evidences, [true, false])
    func `begins anew without a reason when nothing was interrupted`(evidence: TargetEvidence, fresh: Bool) throws {
        let plan = try ResumePlan.decide(
            interrupted: nil,
            fingerprint: Self.fingerprint,
            evidence: evidence,
            fresh: fresh
        )
        #expect(plan == .anew(because: nil))
    }

    @Test(arguments: evidences)
    func `begins anew when told to, whatever was interrupted`(evidence: TargetEvidence) throws {
        let other = Fingerprint(source: "s2", target: "t2", embedder: "e2")
        let plan = try ResumePlan.decide(
            interrupted: Self.interrupted(),
            fingerprint: other,
            evidence: evidence,
            fresh: true
        )
        #expect(plan == .anew(because: "told to begin anew"))
    }

    @Test(arguments: [
        TargetEvidence.present(.generation("g1"), points: 40), .present(.impossible, points: 40),
        .present(.impossible, points: 41),
    ])
    func `resumes when what the mark stands for is there`(evidence: TargetEvidence) throws {
        let plan = try ResumePlan.decide(
            interrupted: Self.interrupted(),
            fingerprint: Self.fingerprint,
            evidence: evidence,
            fresh: false
        )
        #expect(plan == .resume(Self.interrupted()))
    }

    @Test(arguments: evidences)
    func `begins anew without a reason when the interrupted run had no mark`(evidence: TargetEvidence) throws {
        let plan = try ResumePlan.decide(
            interrupted: Self.interrupted(upserted: nil),
            fingerprint: Self.fingerprint,
            evidence: evidence,
            fresh: false
        )
        #expect(plan == .anew(because: nil))
    }

    @Test(arguments: [
        (TargetEvidence.missing, "no longer there"), (.present(.generation(nil), points: 0), "replaced"),
        (.present(.generation("g2"), points: 0), "replaced"),
        (.present(.generation("g1"), points: 39), "39 of the 40 points"),
        (.present(.impossible, points: 39), "39 of the 40 points"),
        (.present(.impossible, points: 0), "0 of the 40 points"),
    ])
    func `begins anew and says why when the target is not the one that was filled`(
        evidence: TargetEvidence,
        reason: String
    ) throws {
        let plan = try ResumePlan.decide(
            interrupted: Self.interrupted(),
            fingerprint: Self.fingerprint,
            evidence: evidence,
            fresh: false
        )
        guard case .anew(let because?) = plan else {
            Issue.record("\(plan)")
            return
        }
        #expect(because.contains(reason))
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
        let interrupted = [Self.interrupted(), Self.interrupted(upserted: nil)]
        for (run, evidence) in zip(interrupted, [TargetEvidence.present(.generation("g1"), points: 40), .missing]) {
            let error = try #require(
                #expect(throws: PipelineError.self) {
                    try ResumePlan.decide(
                        interrupted: run,
                        fingerprint: fingerprint,
                        evidence: evidence,
                        fresh: false
                    )
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
