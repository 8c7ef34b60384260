internal import Pipeline
internal import Threading

/// A place for file calls that block, away from the shared pool.
actor FileWork {
    private let executor: BlockingExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(on executor: BlockingExecutor = BlockingExecutor(label: "journal")) {
        self.executor = executor
    }

    func run<Result: ~Copyable & Sendable>(
        _ body: @Sendable () throws(PipelineError) -> Result
    ) throws(PipelineError) -> Result {
        try body()
    }
}
