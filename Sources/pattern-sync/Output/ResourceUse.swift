internal import Foundation

/// What this process has cost so far.
struct ResourceUse {
    /// The most memory that was resident at once.
    let peakBytes: Int
    /// Processor time of all threads, in the program and in the kernel for it.
    let cpuSeconds: Double

    static func current() -> ResourceUse {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        // Linux counts kibibytes, and `clock` the microseconds of all threads.
        return ResourceUse(peakBytes: Int(usage.ru_maxrss) * 1_024, cpuSeconds: Double(clock()) / 1e6)
    }
}
