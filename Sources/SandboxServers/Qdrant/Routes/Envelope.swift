/// The frame around every JSON answer of the server.
struct Envelope {
    private let started = ContinuousClock.now

    func success(_ result: JSONValue) -> HTTPReply {
        success { $0.value(result) }
    }

    /// - Parameter result: appends the result's JSON.
    func success(_ result: (inout JSONWriter) -> Void) -> HTTPReply {
        var writer = JSONWriter()
        writer.raw("{\"result\":")
        result(&writer)
        writer.raw(",\"status\":\"ok\",\"time\":")
        writer.raw(time.utf8)
        writer.raw("}")
        return .json(writer.bytes)
    }

    func failure(_ failure: QdrantFailure) -> HTTPReply {
        .json(
            ["status": ["error": .string(failure.message)], "time": .number(time)],
            status: failure.status
        )
    }

    private var time: String {
        (Double((ContinuousClock.now - started).nanoseconds) / 1e9).description
    }
}
