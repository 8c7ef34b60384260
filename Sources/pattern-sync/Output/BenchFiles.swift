internal import Bench
internal import Foundation
internal import Pipeline

/// What a benchmark reads and writes.
enum BenchFiles {
    /// The report, as it is printed and can be read again.
    static func json(_ report: BenchReport) throws(PipelineError) -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        guard let data = try? encoder.encode(report) else {
            throw PipelineError(.setup, "the report cannot be written as JSON")
        }
        return String(decoding: data, as: UTF8.self).printableJSON + "\n"
    }

    /// Reads a report that was printed before.
    ///
    /// - Throws: `.setup` when there is none at `path`.
    static func report(at path: String) throws(PipelineError) -> BenchReport {
        let data: Data
        do throws(InputFile.Failure) {
            data = try InputFile.read(path, atMost: longestReport)
        } catch {
            switch error {
            case .unreadable: throw unusable(path, "cannot be read")
            case .tooLarge: throw unusable(path, "is no report of a benchmark: it is longer than 64 MiB")
            }
        }
        struct Format: Decodable { let format: Int }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let format = try? decoder.decode(Format.self, from: data).format
        if let format, format > BenchReport.currentFormat {
            throw PipelineError(
                .setup,
                "'\(path)' is a report of a newer pattern-sync (format \(format), this one reads \(BenchReport.currentFormat))",
                remedy: "compare it with that version"
            )
        }
        guard format != nil, let report = try? decoder.decode(BenchReport.self, from: data) else {
            throw unusable(path, "is no report of a benchmark")
        }
        if let fault = report.fault {
            throw unusable(path, "is no report of a benchmark: nobody can have measured what it says of \(fault)")
        }
        return report
    }

    /// In bytes.
    private static let longestReport = 64 << 20

    private static func unusable(_ path: String, _ why: String) -> PipelineError {
        PipelineError(
            .setup,
            "'\(path)' \(why)",
            remedy: "name a file in --compare that 'pattern-sync bench --json' has written"
        )
    }

    /// Checks, before anything is measured for minutes, that the page can be written.
    ///
    /// - Throws: `.setup` when it cannot.
    static func checkWritable(_ path: String) throws(PipelineError) {
        guard OutputFile(path: path).isWritable else { throw unwritable(path) }
    }

    static func write(_ page: String, to path: String) throws(PipelineError) {
        do {
            try OutputFile(path: path).write(page)
        } catch {
            throw unwritable(path)
        }
    }

    private static func unwritable(_ path: String) -> PipelineError {
        PipelineError(
            .setup,
            "the page cannot be written to '\(path)'",
            remedy: "name a file in a directory that is there and writable in --html"
        )
    }
}
