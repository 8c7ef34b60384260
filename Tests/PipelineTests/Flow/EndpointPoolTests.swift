import TestSupport
import Testing

@testable import Pipeline

@Suite(.timeLimit(.minutes(5)))
struct EndpointPoolTests {
    private let clock = ManualClock()

    private func pool(_ limits: [String: Int]) -> EndpointPool {
        let endpoints = limits.sorted { $0.key < $1.key }.map {
            Endpoint(FakeEmbedder($0.key), limit: .fixed($0.value))
        }
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(8), maxOutage: .seconds(60)) { 1 }
        return EndpointPool(endpoints, policy: policy, clock: RunClock(clock))
    }

    @Test func `takes turns among servers that are equally loaded`() async throws {
        let pool = pool(["a": 2, "b": 2, "c": 2])
        var names: [String] = []
        for _ in 0..<6 { names.append(try await pool.lease().embedder.name) }
        #expect(Set(names.prefix(3)) == ["a", "b", "c"])
        #expect(Array(names.prefix(3)) == Array(names.suffix(3)))
        #expect(await pool.peak == 6)
    }

    @Test func `prefers the server that is loaded least for its limit`() async throws {
        let pool = pool(["large": 8, "small": 2])
        var counts: [String: Int] = [:]
        for _ in 0..<5 { counts[try await pool.lease().embedder.name, default: 0] += 1 }
        #expect(counts == ["large": 4, "small": 1])
    }

    @Test func `rests a server that failed while the others go on`() async throws {
        let pool = pool(["a": 1, "b": 1])
        let failing = try await pool.lease()
        let outcome = await pool.failed(failing, retryAfter: nil)
        #expect(outcome.delay == .zero)
        #expect(outcome.failures == 1)

        for _ in 0..<3 {
            let lease = try await pool.lease()
            #expect(lease.embedder.name != failing.embedder.name)
            await pool.giveBack(lease)
        }
    }

    @Test func `asks a server that has rested for a harmless text while the others go on`() async throws {
        let pool = pool(["a": 1, "b": 1])
        let failing = try await pool.lease()
        _ = await pool.failed(failing, retryAfter: nil)
        let embedder = try #require(failing.embedder as? FakeEmbedder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pool.keepTime() }
            let well = try await pool.lease()
            async let waiting = pool.lease()
            await clock.sleepers.reaches(1)
            #expect(embedder.requests == 0)
            clock.advance(by: .seconds(1))
            #expect(try await waiting.embedder.name == embedder.name)
            #expect(embedder.timesEmbedded == ["a harmless text": 1])
            #expect(well.embedder.name != embedder.name)
            group.cancelAll()
        }
    }

    @Test func `lets no text wait for a server that fails while others are well`() async throws {
        let pool = pool(["a": 1, "b": 1])
        let failing = try await pool.lease()
        _ = await pool.failed(failing, retryAfter: nil)
        clock.advance(by: .seconds(10))
        let well = try await pool.lease()
        async let waiting = pool.lease()
        for _ in 0..<20 {
            await Task.yield()
            await pool.handOut()
        }
        #expect(await pool.inFlight == 1)
        await pool.giveBack(well)
        #expect(try await waiting.embedder.name == well.embedder.name)
    }

    @Test func `does not forgive a failure that took long`() async throws {
        let pool = pool(["a": 1])
        await pool.giveBack(try await pool.lease())
        let lease = try await pool.lease()
        clock.advance(by: .seconds(30))
        #expect(await pool.failed(lease, retryAfter: nil).delay == .seconds(1))
    }

    @Test func `waits for the rest that ends first when all servers rest`() async throws {
        let pool = pool(["a": 1, "b": 1])
        let first = try await pool.lease()
        let second = try await pool.lease()
        #expect(await pool.failed(first, retryAfter: .seconds(5)).delay == .zero)
        let outcome = await pool.failed(second, retryAfter: nil)
        #expect(outcome.delay == .seconds(1))

        async let next = pool.lease()
        clock.advance(by: outcome.delay)
        await pool.handOut()
        #expect(try await next.embedder.name == second.embedder.name)
    }

    @Test func `rests a server as long as it asks for`() async throws {
        let pool = pool(["a": 1])
        let lease = try await pool.lease()
        #expect(await pool.failed(lease, retryAfter: .seconds(20)).delay == .seconds(20))
        clock.advance(by: .seconds(20))
        // Also where it has answered just now, and even for the second request after that.
        await pool.giveBack(try await pool.lease())
        #expect(await pool.failed(try await pool.lease(), retryAfter: .seconds(9)).delay == .seconds(9))
        clock.advance(by: .seconds(9))
        await pool.giveBack(try await pool.lease())
        #expect(await pool.failed(try await pool.lease(), retryAfter: nil).delay == .zero)
        #expect(await pool.failed(try await pool.lease(), retryAfter: .seconds(9)).delay == .seconds(9))
    }

    @Test func `rests a server longer with each failure in a row, until it answers`() async throws {
        let pool = pool(["a": 1])
        for delay in [1, 2, 4, 8, 8] {
            let lease = try await pool.lease()
            #expect(await pool.failed(lease, retryAfter: nil).delay == .seconds(delay))
            clock.advance(by: .seconds(delay))
        }
        await pool.giveBack(try await pool.lease())
        // A server that answered just now is forgiven the first one.
        for (number, delay) in [0, 1, 2].enumerated() {
            let failed = await pool.failed(try await pool.lease(), retryAfter: nil)
            #expect(failed.delay == .seconds(delay) && failed.failures == number + 1)
            clock.advance(by: .seconds(delay))
        }
    }

    @Test func `rests a server for its first failure that has not answered for more than a minute`() async throws {
        let pool = pool(["a": 1])
        await pool.giveBack(try await pool.lease())
        clock.advance(by: .seconds(61))
        #expect(await pool.failed(try await pool.lease(), retryAfter: nil).delay == .seconds(1))
    }

    @Test func `tries a server that failed with one request at a time, until it answers`() async throws {
        let pool = pool(["a": 3])
        let failing = try await pool.lease()
        _ = await pool.failed(failing, retryAfter: nil)
        clock.advance(by: .seconds(1))
        let trial = try await pool.lease()
        async let second = pool.lease()
        async let third = pool.lease()
        // Nobody else gets room, however often it is handed out.
        for _ in 0..<20 {
            await Task.yield()
            await pool.handOut()
        }
        #expect(await pool.inFlight == 1)
        await pool.giveBack(trial)
        let leases = try await [second, third]
        #expect(leases.count == 2)
        #expect(await pool.inFlight == 2)
    }

    @Test func `lets the next one try when the trial fails as well`() async throws {
        let pool = pool(["a": 2])
        _ = await pool.failed(try await pool.lease(), retryAfter: nil)
        clock.advance(by: .seconds(1))
        #expect(await pool.failed(try await pool.lease(), retryAfter: nil).delay == .seconds(2))
        clock.advance(by: .seconds(2))
        await pool.giveBack(try await pool.lease())
        _ = try await pool.lease()
        _ = try await pool.lease()
        #expect(await pool.inFlight == 2)
    }

    @Test func `leases one server alone to whoever asks for it, and lets others pass`() async throws {
        let pool = pool(["a": 1, "b": 1])
        let a = try await pool.lease(of: 0)
        #expect(a.embedder.name == "a")
        async let again = pool.lease(of: 0)
        let b = try await pool.lease()
        #expect(b.embedder.name == "b")
        await pool.giveBack(b)
        #expect(try await pool.lease().embedder.name == "b")
        await pool.giveBack(a)
        #expect(try await again.embedder.name == "a")
    }

    @Test func `counts an outage from the first failure since any server answered`() async throws {
        let pool = pool(["a": 1, "b": 1])
        #expect(await pool.failed(try await pool.lease(of: 0), retryAfter: nil).outage == .zero)
        clock.advance(by: .seconds(20))
        #expect(await pool.failed(try await pool.lease(of: 0), retryAfter: nil).outage == .seconds(20))
        await pool.giveBack(try await pool.lease(of: 1))
        clock.advance(by: .seconds(20))
        #expect(await pool.failed(try await pool.lease(of: 0), retryAfter: nil).outage == .zero)
    }

    @Test func `never rests a server for longer than the outage may last`() async throws {
        let pool = pool(["a": 1])
        _ = await pool.failed(try await pool.lease(), retryAfter: nil)
        clock.advance(by: .seconds(57))
        #expect(await pool.failed(try await pool.lease(), retryAfter: nil).delay == .seconds(2))
        clock.advance(by: .seconds(2))
        // Four seconds would be its turn, and one is left.
        #expect(await pool.failed(try await pool.lease(), retryAfter: nil).delay == .seconds(1))
    }

    @Test func `grants each request its time by what it knows of the server`() async throws {
        let pool = pool(["a": 1])
        let first = try await pool.lease([1_000 - 256])
        #expect(first.deadline == .seconds(300))
        clock.advance(by: .seconds(10))
        await pool.giveBack(first)
        let second = try await pool.lease([500 - 256])
        #expect(second.deadline == .seconds(40))
        _ = await pool.failed(second, retryAfter: nil)
        // It may have to load its model, but is not waited for longer than an outage may take.
        #expect(try await pool.lease([500 - 256]).deadline == .seconds(60))
    }

    @Test func `counts the requests that one outage fails as one failure`() async throws {
        let pool = pool(["a": 3])
        var leases: [EndpointPool.Lease] = []
        for _ in 0..<3 { leases.append(try await pool.lease()) }
        for lease in leases {
            let failed = await pool.failed(lease, retryAfter: nil)
            #expect(failed.delay == .seconds(1) && failed.failures == 1)
        }
    }

    @Test func `ends the rest of a server that answers after all`() async throws {
        let pool = pool(["a": 2])
        let first = try await pool.lease()
        let second = try await pool.lease()
        _ = await pool.failed(first, retryAfter: nil)
        await pool.giveBack(second)
        #expect(try await pool.lease().embedder.name == "a")
    }

    @available(macOS 26, *)
    @Test func `gives room to whoever has waited longest`() async throws {
        let pool = pool(["a": 1])
        let held = try await pool.lease()
        let served = Level()
        var waiters: [Task<Int, any Error>] = []
        for _ in 0..<5 { waiters.append(await pool.startWaiting(served)) }
        await pool.giveBack(held)
        for (place, waiter) in waiters.enumerated() { #expect(try await waiter.value == place + 1) }
    }

    @available(macOS 26, *)
    @Test func `does not lose the room that a cancelled waiter would have got`() async throws {
        let pool = pool(["a": 1])
        let held = try await pool.lease()
        let served = Level()
        let cancelled = await pool.startWaiting(served)
        let patient = await pool.startWaiting(served)
        cancelled.cancel()
        await #expect(throws: PipelineError.cancelled) { try await cancelled.value }

        await pool.giveBack(held)
        #expect(try await patient.value == 1)
        await pool.giveBack(try await pool.lease())
    }

    @Test(arguments: SeededRandom.seeds(20))
    func `never loses room, whenever waiters are cancelled`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let pool = pool(["a": 1, "b": 1])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                let cancels = Bool.random(using: &random)
                let pauses = Int.random(in: 0...5, using: &random)
                group.addTask { await Self.useLease(of: pool, pauses: pauses, cancelled: cancels) }
            }
        }
        // Both places are free again.
        let leases = (try await pool.lease(), try await pool.lease())
        #expect(Set([leases.0.embedder.name, leases.1.embedder.name]) == ["a", "b"])
        #expect(await pool.peak == 2)
    }

    @Test(arguments: SeededRandom.seeds(10))
    func `keeps each server full and never fuller than its limit`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let limits = ["a": 1, "b": 3, "c": Int.random(in: 1...5, using: &random)]
        let pool = pool(limits)
        let working = limits.mapValues { _ in Level() }
        let gate = Gate()
        let total = limits.values.reduce(0, +)

        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    let lease = try await pool.lease()
                    working[lease.embedder.name]?.change(by: 1)
                    try await gate.pass()
                    working[lease.embedder.name]?.change(by: -1)
                    await pool.giveBack(lease)
                }
            }
            // As each request is let through, another takes its place: all servers are full again.
            for _ in 0..<20 {
                await gate.held.reaches(total)
                #expect(working.mapValues(\.value) == limits)
                gate.releaseOne()
            }
            gate.open()
            try await group.waitForAll()
        }
        #expect(working.mapValues(\.highest) == limits)
        #expect(await pool.peak == total)
    }

    private static func useLease(of pool: EndpointPool, pauses: Int, cancelled: Bool) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let lease = try? await pool.lease() else { return }
                await Task.yield()
                await pool.giveBack(lease)
            }
            for _ in 0..<pauses { await Task.yield() }
            if cancelled { group.cancelAll() }
        }
    }
}

extension EndpointPool {
    /// Gets in line before it returns. The task gives its lease back at once and answers when it was served, from 1.
    @available(macOS 26, *)
    fileprivate func startWaiting(_ served: Level) -> Task<Int, any Error> {
        Task.immediate {
            let lease = try await self.lease()
            let place = served.next()
            self.giveBack(lease)
            return place
        }
    }
}
