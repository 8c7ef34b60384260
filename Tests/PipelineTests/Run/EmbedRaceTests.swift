import TestSupport
import Testing

@testable import Pipeline

/// A request goes to a second server as well where the first one is late.
@Suite(.timeLimit(.minutes(5)))
struct EmbedRaceTests {
    private let clock = ManualClock()
    private let texts: [Bytes] = [Array("a".utf8)[...], Array("b".utf8)[...]]

    /// A request under way at the first of two servers, of which each has answered before, late enough for the second one.
    private func race(
        _ first: FakeEmbedder,
        _ second: FakeEmbedder,
        _ body: (EndpointPool, EndpointPool.Lease) async throws -> Void
    ) async throws {
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(8), maxOutage: .seconds(60)) { 1 }
        let pool = EndpointPool(
            [Endpoint(first, limit: 1), Endpoint(second, limit: 1)],
            policy: policy,
            clock: RunClock(clock)
        )
        for server in 0...1 {
            let lease = try await pool.lease([1, 1], of: server)
            clock.advance(by: .milliseconds(10))
            await pool.giveBack(lease)
        }
        let lease = try await pool.lease([1, 1], of: 0)
        clock.advance(by: .seconds(2))
        try await body(pool, lease)
        #expect(await pool.inFlight == 0)
    }

    private func check(_ outcome: EmbedRace.Outcome, _ name: String, requests: Int = 2) throws {
        #expect(outcome.lease.embedder.name == name)
        #expect(outcome.requests == requests)
        #expect(try outcome.result.get() == texts.map(FakeEmbedder.vector))
    }

    @Test func `takes the answer of the second server where the first is late`() async throws {
        let never = Gate()
        let stuck = FakeEmbedder("stuck") { _, _ throws(PipelineError) in try await never.pass() }
        try await race(stuck, FakeEmbedder("idle")) { pool, lease in
            let outcome = await EmbedRace(pool: pool, texts: texts).run(first: lease)
            try check(outcome, "idle")
            await pool.giveBack(outcome.lease)
            // It rests: what is so late may be stuck.
            #expect(await pool.summaries.map(\.failures) == [1, 0])
            let next = try await pool.lease()
            #expect(next.embedder.name == "idle")
            await pool.giveBack(next)
        }
    }

    @Test func `takes the answer of the first server where that one comes first`() async throws {
        let called = Level()
        let never = Gate()
        let late = FakeEmbedder("late") { _, _ throws(PipelineError) in await called.reaches(1) }
        let idle = FakeEmbedder("idle") { _, _ throws(PipelineError) in
            called.change(by: 1)
            try await never.pass()
        }
        try await race(late, idle) { pool, lease in
            let outcome = await EmbedRace(pool: pool, texts: texts).run(first: lease)
            try check(outcome, "late")
            await pool.giveBack(outcome.lease)
            #expect(await pool.summaries.map(\.failures) == [0, 0])
        }
    }

    @Test func `waits for the first server where the second one fails`() async throws {
        let failed = Level()
        let late = FakeEmbedder("late") { _, _ throws(PipelineError) in await failed.reaches(1) }
        let idle = FakeEmbedder("idle") { _, _ throws(PipelineError) in
            failed.change(by: 1)
            throw .unavailable()
        }
        try await race(late, idle) { pool, lease in
            let outcome = await EmbedRace(pool: pool, texts: texts).run(first: lease)
            try check(outcome, "late")
            await pool.giveBack(outcome.lease)
        }
    }

    @Test func `fails where both do`() async throws {
        let asked = Level()
        let late = FakeEmbedder("late") { _, _ throws(PipelineError) in
            await asked.reaches(1)
            throw .unavailable()
        }
        let idle = FakeEmbedder("idle") { _, _ throws(PipelineError) in
            asked.change(by: 1)
            throw .unavailable()
        }
        try await race(late, idle) { pool, lease in
            let outcome = await EmbedRace(pool: pool, texts: texts).run(first: lease)
            #expect(outcome.fault?.isRetryable == true)
            #expect(outcome.requests == 2)
            await pool.failed(outcome.lease, try #require(outcome.fault))
        }
    }

    @Test func `takes the fault of a text from whoever tells it`() async throws {
        let never = Gate()
        let stuck = FakeEmbedder("stuck") { _, _ throws(PipelineError) in try await never.pass() }
        try await race(stuck, FakeEmbedder("strict", contextBytes: 0)) { pool, lease in
            let outcome = await EmbedRace(pool: pool, texts: texts).run(first: lease)
            #expect(outcome.fault == nil)
            #expect(throws: PipelineError.self) { try outcome.result.get() }
            await pool.giveBack(outcome.lease, .textFault)
        }
    }

    @Test func `asks nobody else before the first server is late`() async throws {
        let idle = FakeEmbedder("idle")
        let pool = EndpointPool(
            [Endpoint(FakeEmbedder("first"), limit: 1), Endpoint(idle, limit: 1)],
            policy: RetryPolicy(maxOutage: .seconds(60)) { 1 },
            clock: RunClock(clock)
        )
        await pool.giveBack(try await pool.lease(of: 1))
        let outcome = await EmbedRace(pool: pool, texts: texts).run(first: try await pool.lease([1, 1], of: 0))
        try check(outcome, "first", requests: 1)
        #expect(idle.requests == 0)
        await pool.giveBack(outcome.lease)
        #expect(await pool.inFlight == 0)
    }
}
