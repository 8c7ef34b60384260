import Logging
import Testing

@testable import SandboxServers

@Suite struct FaultControlTests {
    private let faults = FaultControl(logger: .quiet("test"))

    private func decide(_ text: String = "", path: String = "/api/embed", target: String? = "embed") -> FaultKind? {
        faults.decide(path: path, target: target) { [Array(text.utf8)] }.fault
    }

    @Test func `strikes the first so many requests`() {
        faults.set(FaultRule(.embed, .status(503), when: .first(2)))
        #expect((0..<4).map { _ in decide() != nil } == [true, true, false, false])
        #expect(faults.fired == [2])
    }

    @Test func `strikes only requests with the text`() {
        faults.set(FaultRule(.embed, match: "poison", .nan))
        #expect(decide("a poisonous text") == .nan)
        #expect(decide("harmless") == nil)
    }

    @Test func `strikes by path`() {
        faults.set(FaultRule(.path("/collections/a"), .reset))
        #expect(decide(path: "/collections/a/points", target: "upsert") == .reset)
        #expect(decide(path: "/collections/b/points", target: "upsert") == nil)
        faults.set(FaultRule(.upsert, .reset))
        #expect(decide(path: "/collections/b/points", target: "upsert") == .reset)
        #expect(decide() == nil)
    }

    @Test func `strikes about the share that it is told, the same with the same seed`() {
        func draw(seed: UInt64) -> [Bool] {
            faults.set(FaultPlan([FaultRule(.embed, .reset, when: .share(0.25))], seed: seed))
            return (0..<1000).map { _ in decide() != nil }
        }
        let first = draw(seed: 42)
        #expect((200...300).contains(first.count { $0 }))
        #expect(draw(seed: 42) == first)
        #expect(draw(seed: 43) != first)
    }

    @Test func `adds latencies up and takes the first other fault`() {
        faults.set(
            FaultRule(.embed, .latency(.milliseconds(5))),
            FaultRule(.embed, .reset),
            FaultRule(.path("/"), .latency(.milliseconds(7))),
            FaultRule(.path("/"), .cutBody, when: .first(1))
        )
        let decision = faults.decide(path: "/api/embed", target: "embed") { [] }
        #expect(decision.delay == .milliseconds(12))
        #expect(decision.fault == .reset)
        #expect(faults.fired == [1, 1, 1, 0])
    }

    @Test func `survives the way through JSON`() throws {
        let plan = FaultPlan(
            [
                FaultRule(
                    .embed,
                    match: "x",
                    .status(429, body: "slow", headers: ["Retry-After": "1"]),
                    when: .first(3)
                ),
                FaultRule(.upsert, .waitTimeout, when: .share(0.5)), FaultRule(.path("/"), .latency(.milliseconds(20))),
                FaultRule(.embed, .slowBody(chunkBytes: 10, delay: .milliseconds(1))),
                FaultRule(.embed, .hugeBody(1 << 32)),
                FaultRule(.upsert, .endlessBody(chunkBytes: 1, delay: .milliseconds(250))),
                FaultRule(.embed, .wrongCount(-1)),
                FaultRule(.embed, .wrongDimension(3)), FaultRule(.embed, .nan), FaultRule(.embed, .nullComponent),
                FaultRule(.embed, .zeroVector), FaultRule(.embed, .reset), FaultRule(.embed, .cutBody),
                FaultRule(.collection, .updateQueue(3)), FaultRule(.collection, .collectionStatus("red")),
            ],
            seed: 9
        )
        let json = plan.json(fired: Array(repeating: 0, count: plan.rules.count))
        #expect(try FaultPlan(JSONValue(parsing: json.bytes)) == plan)
    }

    @Test(arguments: [
        "3", "{}", #"[{"target":"embed"}]"#, #"[{"target":"elsewhere","kind":"reset"}]"#,
        #"[{"target":"/","kind":"status"}]"#, #"[{"target":"/","kind":"reset","share":2}]"#,
    ])
    func `refuses a plan that is none`(text: String) throws {
        let json = try JSONValue(parsing: Array(text.utf8))
        #expect(throws: SandboxError.self) { try FaultPlan(json) }
    }
}
