internal import ArgumentParser

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The entry: exit code 0 after a signal or `--help`, 1 when serving failed, 2 for bad options.
@main
struct SandboxProgram {
    static func main() async {
        do {
            let options = try SandboxOptions.parse()
            try await SandboxHost(options).serve()
        } catch {
            let text = SandboxOptions.fullMessage(for: error)
            if SandboxOptions.exitCode(for: error) == .success {
                print(text)
                exit(0)
            }
            let isUsage = SandboxOptions.exitCode(for: error) == .validationFailure
            StandardStreams.complain(isUsage ? text : "pattern-sync-sandbox: \(error)")
            exit(isUsage ? 2 : 1)
        }
    }
}
