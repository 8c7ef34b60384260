extension EndpointPool {
    /// The right to one request. It must be given back by `giveBack`, `failed` or `overtaken`.
    struct Lease: Sendable {
        let embedder: any Embedder
        /// How long the request may take.
        let deadline: Duration
        let request: Dispatcher.Assignment

        /// Names the server within the pool.
        var server: Int { request.server }
        /// Which of the offered texts it is for.
        var texts: Range<Int> { request.texts }
        /// Of the offer: what is leased once more keeps its place by it.
        var age: Int { request.age }
    }

    /// Texts that wait to be sent.
    struct Offer: Sendable {
        let number: Int
        /// Comes to its end when all texts are leased, when the task is cancelled or the offer withdrawn.
        let leases: AsyncStream<Lease>
    }

    /// Gives the lease back after this fault of its server.
    @discardableResult
    func failed(
        _ lease: Lease,
        _ error: PipelineError
    ) -> (delay: Duration, failures: Int, outage: Duration) {
        failed(lease, retryAfter: error.retryAfter, isOverloaded: error.isOverload)
    }
}
