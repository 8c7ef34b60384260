internal import Bench
internal import Embedding
internal import Foundation
internal import Threading

/// What was measured so far: it is told whatever ends the benchmark.
final class BenchRecord: Sendable {
    private let report: Locked<BenchReport>

    init(_ configuration: Configuration) {
        report = Locked(
            BenchReport(
                status: .completed,
                startedAt: Date().formatted(.iso8601),
                durationSeconds: 0,
                version: Version.number,
                machine: .init(system: Self.system, processors: ProcessInfo.processInfo.activeProcessorCount),
                model: .init(
                    name: configuration.embedding.model,
                    provider: configuration.embedding.provider.rawValue,
                    digest: nil,
                    dimension: 0,
                    contextLength: nil
                ),
                texts: .init([], origin: .builtIn)
            )
        )
    }

    var current: BenchReport { report.withLock { $0 } }

    func change(_ body: (inout BenchReport) -> Void) {
        report.withLock { body(&$0) }
    }

    /// For instance `Linux 6.1.0 x86_64`.
    private static var system: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return [text(name.sysname), text(name.release), text(name.machine)].joined(separator: " ")
    }
}
