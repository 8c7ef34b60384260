/// Something the program does often, done any number of times with the same input.
public struct Workload: Sendable {
    public let name: String
    /// What is done once an iteration.
    public let iteration: String
    /// So many iterations are measured together.
    public let count: Int
    private let work: @Sendable (Int) async throws -> Void

    init(
        _ name: String,
        _ iteration: String,
        count: Int,
        _ work: @escaping @Sendable (Int) async throws -> Void
    ) {
        self.name = name
        self.iteration = iteration
        self.count = count
        self.work = work
    }

    /// What it does before the first iteration depends on nothing, so that it cancels out between two numbers of them.
    public func run(_ iterations: Int) async throws {
        try await work(iterations)
    }

    public static let all = [
        scan, escape, splice, journalAppend, journalRecovery, comparison, pool, limiter, engine,
    ]
}

/// A workload did something else than it should.
public struct WorkloadFault: Error {
    public var message: String

    public init(_ message: String) {
        self.message = message
    }
}
