import TestSupport
import Testing

@testable import Pipeline

/// How several servers share one stream of texts, and how they come to its end.
@Suite(.timeLimit(.minutes(5)))
struct SharingSimulationTests {
    private static func serial(_ perText: Double) -> ServerModel {
        ServerModel(name: "\(perText)", perRequest: 0, perText: perText)
    }

    /// As fast as 1 : 2 : 5.
    private static let unequal = [serial(0.05), serial(0.025), serial(0.01)]

    @Test func `gets from servers of different speed what each can do alone`() {
        let alone = Self.unequal.map { Simulation([$0]).run(5_000).rate }.reduce(0, +)
        let together = Simulation(Self.unequal).run(20_000)
        #expect(together.texts.reduce(0, +) == 20_000)
        #expect(together.rate >= 0.99 * alone)
    }

    @Test func `gets from servers of different kinds what each can do alone`() {
        let kinds = [ServerModel.serial, .parallel, .noisy]
        let alone = kinds.map { Simulation([$0]).run(5_000).rate }.reduce(0, +)
        #expect(Simulation(kinds).run(20_000).rate >= 0.95 * alone)
    }

    @Test func `goes on with the others while one stalls, and takes it back afterwards`() {
        var servers = Self.unequal
        servers[1].stall = 20..<50
        // In the thirty seconds it would have done 1,200 texts; nobody else can.
        let bound = (20_000 + 1_200) / 160.0
        let run = Simulation(servers).run(20_000)
        #expect(run.texts.reduce(0, +) == 20_000)
        #expect(run.texts[1] > 3_000)
        #expect(run.seconds <= bound / 0.95)
    }

    @Test(arguments: [(971, 0.05, 4), (971, 0.2, 4), (971, 0.01, 4), (971, 0.05, 3), (40, 0.05, 4), (971, 0.05, 1)])
    func `lets all servers be done at the same time`(texts: Int, perText: Double, servers: Int) {
        let run = Simulation(Array(repeating: Self.serial(perText), count: servers)).run(texts)
        #expect(run.texts.reduce(0, +) == texts)
        let bound = (Double(texts) / Double(servers)).rounded(.up) * perText
        #expect(run.seconds <= bound / 0.98)
    }

    @Test func `lets servers of different speed be done at the same time`() {
        let run = Simulation(Self.unequal).run(971)
        #expect(run.seconds <= 971 / 160.0 / 0.97)
    }

    @Test func `does not cut the last requests so small that they cost more than they bring`() {
        let run = Simulation([.batching]).run(300)
        // With sixteen in each it would be 0.55 s, with one in each 6 s.
        #expect(run.seconds < 0.65)
    }

    @Test(arguments: SeededRandom.seeds(10))
    func `loses no text and sends none twice, whatever the servers do`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let servers = (0..<Int.random(in: 1...5, using: &random)).map { number in
            ServerModel(
                name: "\(number)",
                slots: Int.random(in: 1...4, using: &random),
                perRequest: Double.random(in: 0...0.05, using: &random),
                perText: Double.random(in: 0.000_1...0.05, using: &random),
                latency: Double.random(in: 0...0.05, using: &random),
                noise: Double.random(in: 0...0.9, using: &random),
                room: Int.random(in: 1...10, using: &random),
                stall: 0..<Double.random(in: 0...5, using: &random)
            )
        }
        let count = Int.random(in: 1...3_000, using: &random)
        let run = Simulation(servers, chunk: Int.random(in: 1...150, using: &random), seed: seed).run(count)
        #expect(run.texts.reduce(0, +) == count)
    }
}
