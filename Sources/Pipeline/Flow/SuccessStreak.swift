/// How many requests in a row a server has done, over all tasks that share it.
actor SuccessStreak {
    private var length = 0

    func succeeded() {
        length += 1
    }

    /// Ends the streak.
    ///
    /// - Returns: how long it was.
    func failed() -> Int {
        defer { length = 0 }
        return length
    }
}
