/// The loop of libFuzzer, which asks for inputs to be tried until its time is up.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ input: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What is tried; libFuzzer's callback cannot capture it. Set once, before anything is tried, by the one thread there is.
nonisolated(unsafe) private var property: ([UInt8]) throws -> Void = { _ in }

/// Tries inputs until the time is up, or one for which `holds` throws: that one is saved, and the process aborts.
public func fuzz(_ holds: @escaping ([UInt8]) throws -> Void) {
    property = holds
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    _ = runDriver(&count, &arguments) { start, count in
        do {
            try property(Array(UnsafeBufferPointer(start: start, count: count)))
        } catch {
            fatalError("\(error)")
        }
        return 0
    }
}
