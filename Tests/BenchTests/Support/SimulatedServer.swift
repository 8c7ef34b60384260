import Pipeline
import TestSupport

@testable import Bench

/// A model of an embedding server, run through as fast as it can be computed.
struct SimulatedServer {
    enum Kind {
        /// So many texts at a time, of whichever request.
        case texts(atOnce: Int)
        /// So many requests at a time, each text of one after another.
        case requests(atOnce: Int)
        /// One request after another, its texts together.
        case batches
    }

    var kind: Kind
    var textTime: Duration
    /// What each request costs the server beside its texts.
    var requestTime: Duration = .zero
    /// What each request spends on its way, while the server may work at others.
    var wayTime: Duration = .zero
    /// The share by which a text's time varies, up and down.
    var noise = 0.0
    /// More requests in flight than these make every text take longer.
    var knee = Int.max

    /// Measures it with this setting, as a load run would.
    func measure(_ setting: ServerReport.Setting, _ limits: LoadLimits) -> ServerReport.Cell {
        var random = SeededRandom(seed: UInt64(setting.texts * 1_000 + setting.inFlight))
        var rows = [Duration](repeating: .zero, count: rowCount)
        var meter = LoadMeter(inFlight: setting.inFlight, limits: limits, at: .zero)
        var pending = (0..<setting.inFlight).map { _ in
            (sentAt: Duration.zero, answeredAt: answer(.zero, setting, &rows, &random))
        }
        var end: ServerReport.Cell.End?
        while end == nil {
            let next = pending.indices.min { pending[$0].answeredAt < pending[$1].answeredAt } ?? 0
            let request = pending.remove(at: next)
            meter.succeeded(Work(units: setting.texts), sentAt: request.sentAt, at: request.answeredAt)
            end = meter.end(at: request.answeredAt)
            pending.append((request.answeredAt, answer(request.answeredAt, setting, &rows, &random)))
        }
        let result = meter.result
        return ServerReport.Cell(
            setting: setting,
            textsPerSecond: result.rate,
            latency: result.latency,
            requests: result.requests,
            seconds: result.seconds,
            ended: end ?? .interrupted
        )
    }

    /// Measures it until the sweep has seen enough.
    func sweep(_ sweep: Sweep = Sweep(), _ limits: LoadLimits = LoadLimits()) -> [ServerReport.Cell] {
        var cells: [ServerReport.Cell] = []
        while let setting = sweep.next(after: cells) { cells.append(measure(setting, limits)) }
        return cells
    }

    private var rowCount: Int {
        switch kind {
        case .texts(let count), .requests(let count): count
        case .batches: 1
        }
    }

    /// When a request that is sent now is answered.
    private func answer(
        _ now: Duration,
        _ setting: ServerReport.Setting,
        _ rows: inout [Duration],
        _ random: inout SeededRandom
    ) -> Duration {
        let arrival = now + wayTime / 2
        let slowness = 1 + 0.2 * Double(max(setting.inFlight - knee, 0))
        func time(_ texts: Int) -> Duration {
            textTime * texts * slowness * (1 + noise * (2 * Double.random(in: 0..<1, using: &random) - 1))
        }
        func reserve(_ length: Duration) -> Duration {
            let row = rows.indices.min { rows[$0] < rows[$1] } ?? 0
            rows[row] = max(rows[row], arrival) + length
            return rows[row]
        }
        switch kind {
        case .texts:
            let ends = (0..<setting.texts).map { reserve(time(1) + ($0 == 0 ? requestTime : .zero)) }
            return (ends.max() ?? arrival) + wayTime / 2
        case .requests, .batches: return reserve(requestTime + time(setting.texts)) + wayTime / 2
        }
    }
}
