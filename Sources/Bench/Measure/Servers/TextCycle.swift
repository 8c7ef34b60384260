internal import Pipeline

/// Hands out the texts of a sample over and over, in their order, to whoever sends the next request.
actor TextCycle {
    private let texts: [Bytes]
    private var next = 0

    init(_ texts: [Bytes]) {
        precondition(!texts.isEmpty, "there is no text to embed")
        self.texts = texts
    }

    func take(_ count: Int) -> [Bytes] {
        let taken = (0..<count).map { texts[(next + $0) % texts.count] }
        next = (next + count) % texts.count
        return taken
    }
}
