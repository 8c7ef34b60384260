internal import Foundation

/// What this process has cost so far.
struct ResourceUse {
    /// The most memory that was resident at once.
    let peakBytes: Int
    /// Processor time of all threads, in the program and in the kernel for it.
    let cpuSeconds: Double

    static func current() -> ResourceUse {
        // `clock` counts the microseconds of all threads.
        ResourceUse(peakBytes: highWaterMark ?? maximumResidentSize, cpuSeconds: Double(clock()) / 1e6)
    }

    /// As Linux tells it in a line such as "VmHWM:     47032 kB"; nil elsewhere.
    private static var highWaterMark: Int? {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 * 1_024 }
    }

    /// On Linux it may be that of the process which started this one: a program inherits what its process had before.
    private static var maximumResidentSize: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) * 1_024
    }
}
