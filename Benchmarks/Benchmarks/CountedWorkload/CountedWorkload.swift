import Foundation
import Workloads

/// Runs one workload, for a tool that counts what it does.
///
///     CountedWorkload               prints name, iterations to count and what one is, a workload a line
///     CountedWorkload NAME COUNT    does so many iterations
@main
struct CountedWorkload {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else {
            for workload in Workload.all { print(workload.name, workload.count, workload.iteration, separator: "\t") }
            return
        }
        guard arguments.count == 3, let count = Int(arguments[2]), count > 0,
            let workload = Workload.all.first(where: { $0.name == arguments[1] })
        else {
            FileHandle.standardError.write(Data("usage: CountedWorkload [NAME COUNT]\n".utf8))
            exit(2)
        }
        try SingleThread().run { try await workload.run(count) }
    }
}
