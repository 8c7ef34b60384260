import TestSupport
import Testing

@testable import Pipeline

/// What the limiter finds, against the best of all fixed settings: in a whole run, its search included.
@Suite(.timeLimit(.minutes(5)))
struct LimiterSimulationTests {
    /// What each server does in the best case of the sweep.
    private static func best(of server: ServerModel, _ texts: Int, seed: UInt64) -> Double {
        let all = Torture.isOn ? [1, 2, 4, 5, 6, 8, 10, 12, 16] : [2, 4, 8, 10]
        let sizes = Torture.isOn ? [8, 16, 32, 50, 100] : [16, 100]
        let rates = all.flatMap { concurrency in
            sizes.map { size in
                Simulation([server], concurrency: .fixed(concurrency), texts: .fixed(size), seed: seed).run(texts).rate
            }
        }
        return rates.max() ?? 0
    }

    private static let seeds: [UInt64] = Torture.isOn ? Array(1...10) : [1]

    @Test(
        arguments: [
            ServerModel.serial, .fastSerial, .parallel, .batching, .noisy, .noisyParallel, .degrading, .serial.far,
            .parallel.far,
        ],
        seeds
    )
    func `does nearly as much as the best fixed setting, whatever the server`(server: ServerModel, seed: UInt64) {
        let found = Simulation([server], seed: seed).run(20_000)
        #expect(found.texts == [20_000])
        let share = found.rate / Self.best(of: server, 20_000, seed: seed)
        #expect(share >= 0.95, "\(share) at \(found.settings)")
    }

    /// What it takes to find the setting weighs more where a run of the other length is over in fourteen seconds.
    @Test(arguments: [ServerModel.noisyBatching, .batching.far, .degrading.far], seeds)
    func `does nearly as much as the best where that is hard to find`(server: ServerModel, seed: UInt64) {
        let found = Simulation([server], seed: seed).run(60_000)
        let share = found.rate / Self.best(of: server, 60_000, seed: seed)
        #expect(share >= 0.95, "\(share) at \(found.settings)")
    }

    @Test func `keeps the smallest setting where more gains nothing`() {
        #expect(Simulation([.serial]).run(20_000).settings == [LimiterSetting(concurrency: 2, texts: 16)])
    }

    @Test func `finds more in flight, or more texts a request, as the server likes it`() throws {
        let parallel = try #require(Simulation([.parallel]).run(20_000).settings.first)
        #expect((4...8).contains(parallel.concurrency))
        let batching = try #require(Simulation([.batching]).run(20_000).settings.first)
        #expect(batching.texts == 100 && batching.concurrency <= 4)
    }

    @Test(arguments: [Tuning.fixed(3), .automatic], [Tuning.fixed(20), .automatic])
    func `leaves alone what is fixed`(concurrency: Tuning, texts: Tuning) throws {
        for server in [ServerModel.parallel, .batching] {
            let run = Simulation([server], concurrency: concurrency, texts: texts).run(5_000)
            let setting = try #require(run.settings.first)
            #expect(concurrency.number.map { $0 == setting.concurrency } ?? true)
            #expect(texts.number.map { $0 == setting.texts } ?? true)
        }
    }

    @Test func `asks for less at once where the server says that it has too much to do`() throws {
        var server = ServerModel.parallel
        server.room = 6
        let run = Simulation([server]).run(20_000)
        #expect(run.texts == [20_000])
        #expect(run.rate >= 0.95 * 200)
        // It was tried, and seldom again.
        #expect((1...40).contains(run.refusals))
        #expect(try #require(run.settings.first).concurrency <= 6)
    }
}
