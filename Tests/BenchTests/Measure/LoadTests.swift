import Pipeline
import TestSupport
import Testing

@testable import Bench

@Suite struct `A load` {
    private let limits = LoadLimits(minimum: .seconds(2), maximum: .seconds(8), precision: 0.03)
    private let broken = PipelineError(.server(retryAfter: nil), "503")

    @Test func `is measured until its rate is known, and no longer`() {
        let server = SimulatedServer(kind: .texts(atOnce: 1), textTime: .milliseconds(10))
        let cell = server.measure(.init(texts: 4, inFlight: 2), limits)
        #expect(cell.ended == .confident)
        #expect(abs(cell.textsPerSecond.mean - 100) < 0.5)
        #expect((1.5...2.5).contains(cell.seconds), "\(cell.seconds)")
        // Each waits for the one before it.
        #expect(abs(cell.latency.p50 - 80) < 1)
    }

    @Test func `is measured longer where requests vary`() {
        let steady = SimulatedServer(kind: .texts(atOnce: 1), textTime: .milliseconds(20), noise: 0.1)
        let wild = SimulatedServer(kind: .texts(atOnce: 1), textTime: .milliseconds(20), noise: 0.95)
        let setting = ServerReport.Setting(texts: 1, inFlight: 1)
        let tight = LoadLimits(minimum: .milliseconds(500), maximum: .seconds(30), precision: 0.03)
        let (short, long) = (steady.measure(setting, tight), wild.measure(setting, tight))
        #expect(short.seconds < long.seconds)
        #expect(short.ended == .confident)
        #expect(long.textsPerSecond.low < 50 && 50 < long.textsPerSecond.high)
    }

    @Test func `of a slow server ends when its time is over, with what there is`() {
        let server = SimulatedServer(kind: .texts(atOnce: 1), textTime: .milliseconds(900), noise: 0.5)
        let cell = server.measure(.init(texts: 1, inFlight: 1), limits)
        #expect(cell.ended == .timeLimit)
        #expect(cell.seconds < 9)
        #expect(cell.textsPerSecond.samples >= 3)
    }

    @Test func `of a server that hardly answers ends all the same`() {
        let server = SimulatedServer(kind: .texts(atOnce: 1), textTime: .seconds(20))
        let cell = server.measure(.init(texts: 1, inFlight: 1), limits)
        #expect(cell.ended == .timeLimit)
        #expect(cell.seconds < 60)
    }

    @Test func `leaves its beginning out`() {
        var meter = LoadMeter(inFlight: 1, limits: limits, at: .zero)
        // The first requests wait for the model.
        meter.succeeded(Work(units: 1, tokens: 9), sentAt: .zero, at: .seconds(1))
        meter.succeeded(Work(units: 1, tokens: 9), sentAt: .seconds(1), at: .milliseconds(1_010))
        for number in 0..<50 {
            let sent = Duration.milliseconds(1_010 + 10 * number)
            meter.succeeded(Work(units: 1, tokens: 9), sentAt: sent, at: sent + .milliseconds(10))
        }
        let result = meter.result
        #expect(abs(result.rate.mean - 100) < 1e-6)
        #expect(result.requests == 50)
        #expect(result.latency.max < 11)
        #expect(abs((result.tokensPerSecond ?? 0) - 900) < 1e-6)
    }

    @Test func `tells no tokens where an answer told none`() {
        var meter = LoadMeter(inFlight: 1, limits: limits, at: .zero)
        for number in 1...50 {
            let tokens = number == 40 ? nil : 9
            meter.succeeded(Work(units: 1, tokens: tokens), sentAt: .zero, at: .milliseconds(200 * number))
        }
        #expect(meter.result.tokensPerSecond == nil)
    }

    @Test func `ends when most requests fail, and tells why`() {
        var meter = LoadMeter(inFlight: 1, limits: limits, at: .zero)
        for number in 1...4 {
            meter.failed(broken, at: .milliseconds(number))
            #expect(meter.end(at: .milliseconds(number)) == nil)
        }
        meter.failed(PipelineError(.server(retryAfter: nil), "504"), at: .milliseconds(5))
        #expect(meter.end(at: .milliseconds(5)) == .errors)
        #expect(meter.result.errors == 5)
        #expect(meter.result.firstError?.message == "503")
    }

    @Test func `goes on when few requests fail`() {
        var meter = LoadMeter(inFlight: 1, limits: limits, at: .zero)
        for number in 1...100 {
            meter.succeeded(Work(units: 1), sentAt: .zero, at: .milliseconds(number))
            if number % 10 == 0 { meter.failed(broken, at: .milliseconds(number)) }
            #expect(meter.end(at: .milliseconds(number)) == nil)
        }
    }

    @Test func `ends at once when no request can succeed`() {
        var meter = LoadMeter(inFlight: 1, limits: limits, at: .zero)
        meter.failed(PipelineError(.setup, "404"), at: .zero)
        #expect(meter.end(at: .zero) == .errors)
    }

    @Test func `gives a request what is left of its time, and a little more`() {
        var meter = LoadMeter(inFlight: 1, limits: limits, at: .zero)
        // As long as too little was seen, three times the time may pass.
        #expect(meter.patience(at: .zero) == .seconds(26))
        for number in 1...40 {
            let now = Duration.milliseconds(100 * number)
            meter.succeeded(Work(units: 1), sentAt: now - .milliseconds(100), at: now)
        }
        #expect(meter.patience(at: .seconds(4)) == .seconds(6))
        #expect(meter.patience(at: .seconds(9)) == .seconds(2))
        // Who took so long may take so long again.
        meter.succeeded(Work(units: 1), sentAt: .seconds(4), at: .seconds(7))
        #expect(meter.patience(at: .seconds(7)) == .seconds(7))
    }

    @Test func `that nothing answers in its time has failed`() {
        var meter = LoadMeter(inFlight: 1, limits: limits, at: .zero)
        meter.failed(broken, at: .seconds(25))
        #expect(meter.end(at: .seconds(25)) == .errors)
        #expect(meter.result.answered == 0)
    }

    @Test func `keeps as many requests in flight as it should`() async {
        let clock = ManualClock(movesItself: true)
        let busy = Level()
        let load = LoadRun(inFlight: 3, limits: limits, clock: RunClock(clock))
        let run = RunClock(clock)
        let result = await load.run { _ async throws(PipelineError) in
            busy.change(by: 1)
            defer { busy.change(by: -1) }
            try await run.sleep(.milliseconds(10))
            return Work(units: 2)
        }
        #expect(busy.highest <= 3)
        #expect(busy.value == 0)
        #expect(result.requests > 0)
        #expect(result.units == 2 * result.requests)
        #expect(result.ended != .interrupted)
    }

    @Test func `does not storm a server that refuses at once`() async {
        let clock = ManualClock(movesItself: true)
        let calls = Level()
        let load = LoadRun(inFlight: 1, limits: limits, clock: RunClock(clock))
        let result = await load.run { [broken] _ async throws(PipelineError) in
            calls.change(by: 1)
            throw broken
        }
        #expect(result.ended == .errors)
        #expect(result.errors == calls.value)
        #expect(clock.now.offset >= .milliseconds(100) * (calls.value - 1))
    }

    @Test func `that is cancelled tells what it has seen`() async {
        let clock = ManualClock(movesItself: true)
        let run = RunClock(clock)
        let load = LoadRun(inFlight: 1, limits: .init(minimum: .seconds(100), maximum: .seconds(400)), clock: run)
        let calls = Level()
        let result = await withTaskGroup(of: LoadResult.self) { group in
            group.addTask {
                await load.run { _ async throws(PipelineError) in
                    // The last one is never answered.
                    if calls.next() > 40 { await calls.reaches(.max) }
                    try await run.sleep(.seconds(1))
                    return Work(units: 1)
                }
            }
            await calls.reaches(41)
            group.cancelAll()
            return await group.next()
        }
        #expect(result?.ended == .interrupted)
        #expect((20...40).contains(result?.requests ?? 0))
        #expect(abs((result?.rate.mean ?? 0) - 1) < 1e-6)
    }
}
