/// What an embedding server has done in a run.
struct EndpointWork: Sendable {
    /// Texts of requests that were answered.
    private(set) var texts = 0
    private(set) var requests = 0
    private(set) var failures = 0
    /// How long it had something to do.
    private(set) var busy = Duration.zero
    private var busySince: Duration?

    mutating func began(at now: Duration) {
        busySince = busySince ?? now
    }

    /// - Parameter isLast: whether it has nothing more to do.
    mutating func ended(_ outcome: Limiter.Outcome, texts: Int, isLast: Bool, at now: Duration) {
        switch outcome {
        case .answered:
            requests += 1
            self.texts += texts
        case .textFault: requests += 1
        case .withdrawn: break
        case .failed, .overloaded, .tooManyTexts:
            requests += 1
            failures += 1
        }
        if isLast, let since = busySince {
            busy += now - since
            busySince = nil
        }
    }
}
