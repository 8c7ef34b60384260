import Glibc

/// What something took, of the clock and of the processors.
struct Cost {
    var wall: Double
    var processor: Double

    static func measure(_ body: () async throws -> Void) async rethrows -> Cost {
        let clock = ContinuousClock()
        let (began, before) = (clock.now, processorSeconds())
        try await body()
        let wall = began.duration(to: clock.now)
        return Cost(wall: wall / .seconds(1), processor: processorSeconds() - before)
    }

    /// Of all threads of this process, in the kernel as well.
    private static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

extension [Cost] {
    /// The one of the middle wall time.
    var median: Cost { sorted { $0.wall < $1.wall }[count / 2] }
}
