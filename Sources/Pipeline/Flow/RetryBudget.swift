/// How many retries a server can bear: a bucket of tokens, so that many operations that fail at once do not storm it.
///
/// A value without a clock. A retry takes a token; a success gives a part of one back, and time does too, slowly. Whoever
/// finds the bucket empty waits in line for a token and fails for it never.
struct RetryBudget: Sendable {
    static let capacity = 10.0
    static let tokensASecond = 1.0
    static let tokensASuccess = 0.2

    /// Negative while operations wait for tokens.
    private var tokens = capacity
    private var refilledAt: Duration = .zero

    mutating func succeeded() {
        tokens = min(tokens + Self.tokensASuccess, Self.capacity)
    }

    /// Takes a token.
    ///
    /// - Returns: how long to wait for it.
    mutating func take(at now: Duration) -> Duration {
        let refill = (now - refilledAt) / .seconds(1) * Self.tokensASecond
        tokens = min(tokens + max(refill, 0), Self.capacity) - 1
        refilledAt = now
        return .seconds(max(-tokens, 0) / Self.tokensASecond)
    }
}
