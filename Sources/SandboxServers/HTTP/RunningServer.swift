internal import HTTPTypes

/// A server that accepts connections, for as long as the closure that it was handed to runs.
public struct RunningServer: Sendable {
    /// The port on 127.0.0.1.
    public let port: Int
    /// Its misbehaviour.
    public let faults: FaultControl

    /// Its model; nil where the server is no Ollama.
    public var model: ModelControl? { (service as? OllamaService)?.model }

    private let recorder: StatisticsRecorder
    private let service: any SandboxService

    init(port: Int, faults: FaultControl, recorder: StatisticsRecorder, service: any SandboxService) {
        self.port = port
        self.faults = faults
        self.recorder = recorder
        self.service = service
    }

    /// The server's address, such as `http://127.0.0.1:40123`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// What it has done so far.
    public func stats() -> ServerStatistics { recorder.statistics }

    /// How many requests it is working on: also such as nobody waits for any more.
    public var requestsUnderWay: Int { recorder.requestsUnderWay }

    /// How often an embedding of this very text was computed.
    public func embeds(of text: String) -> Int { recorder.embeds(of: Array(text.utf8)) }

    /// Begins the statistics anew.
    public func resetStats() { recorder.reset() }

    /// Asks the service directly: no socket, no faults, and nothing is counted as a request.
    /// - Parameters:
    ///   - target: path and query, such as `/collections/c/points/count`.
    ///   - apiKey: sent as the header `api-key`.
    /// - Returns: the status and the body that a client would have got.
    public func ask(
        _ method: String,
        _ target: String,
        _ body: String = "",
        apiKey: String? = nil
    ) async throws -> (status: Int, body: String) {
        let call = HTTPCall(
            method: method,
            target: target,
            headers: apiKey.map { [.apiKey: $0] } ?? [:],
            body: Array(body.utf8)
        )
        let reply = try await service.answer(call, fault: nil)
        return (reply.status, String(decoding: reply.body, as: UTF8.self))
    }
}
