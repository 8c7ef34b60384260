internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// One request and its answer on the wire, with what a fault plan does to them.
struct Exchange: Sendable {
    /// Thrown to have the connection closed without another byte.
    private struct ConnectionReset: Error {}

    let service: any SandboxService
    let faults: FaultControl
    let recorder: StatisticsRecorder
    let control: ControlEndpoint

    @concurrent
    func serve(_ request: Request, _ writer: consuming ResponseWriter) async throws {
        let isHead = request.method == .head
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard length <= service.bodyLimit else {
            return try await send(service.tooLarge(length: length), isHead: isHead, to: writer)
        }
        guard let body = try await read(request.body, expecting: length) else {
            return try await send(service.tooLarge(length: service.bodyLimit + 1), isHead: isHead, to: writer)
        }
        let call = HTTPCall(
            method: request.method.rawValue,
            target: request.uri.string,
            headers: request.headers,
            body: body
        )
        if let reply = control.answer(call) {
            return try await send(reply, isHead: isHead, to: writer)
        }

        recorder.began(route: service.route(of: call), bodyBytes: body.count)
        defer { recorder.ended() }
        let decision = faults.decide(path: call.path, target: service.faultTarget(of: call)) {
            service.matchedTexts(of: call) ?? [call.body]
        }
        if decision.delay > .zero { try await Task.sleep(for: decision.delay, clock: .continuous) }
        switch decision.fault {
        case .reset: throw ConnectionReset()
        case .status(let status, let body, let headers):
            var reply = service.failure(status: status, message: "injected fault", call: call)
            if let body { reply.body = Array(body.utf8) }
            reply.headers.merge(headers) { $1 }
            return try await send(reply, isHead: isHead, to: writer)
        case .echo(let status):
            let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
            let reply = service.failure(status: status, message: "cannot serve \(headers)", call: call)
            return try await send(reply, isHead: isHead, to: writer)
        case .cutBody:
            let reply = try await service.answer(call, fault: nil)
            var body = try await writer.writeHead(head(of: reply))
            try await body.write(ByteBuffer(bytes: reply.body.prefix(reply.body.count / 2)))
            throw ConnectionReset()
        case .slowBody(let chunkBytes, let delay):
            let reply = try await service.answer(call, fault: nil)
            var body = try await writer.writeHead(head(of: reply))
            for start in stride(from: 0, to: reply.body.count, by: chunkBytes) {
                try await body.write(ByteBuffer(bytes: reply.body[start..<min(start + chunkBytes, reply.body.count)]))
                try await Task.sleep(for: delay, clock: .continuous)
            }
            return try await body.finish(nil)
        case .hugeBody(let bytes):
            let reply = try await service.answer(call, fault: nil)
            let padding = max(0, bytes - reply.body.count)
            var body = try await writer.writeHead(head(of: reply, length: padding + reply.body.count))
            for start in stride(from: 0, to: padding, by: Self.paddingPiece) {
                try await body.write(ByteBuffer(repeating: 0x20, count: min(Self.paddingPiece, padding - start)))
            }
            try await body.write(ByteBuffer(bytes: reply.body))
            return try await body.finish(nil)
        case .endlessBody(let chunkBytes, let delay):
            let reply = try await service.answer(call, fault: nil)
            var body = try await writer.writeHead(head(of: reply, length: nil))
            // Ends when the connection is closed: writing fails then.
            while true {
                try await body.write(ByteBuffer(repeating: 0x20, count: chunkBytes))
                if delay > .zero { try await Task.sleep(for: delay, clock: .continuous) }
            }
        default:
            let reply = try await service.answer(call, fault: decision.content)
            try await send(reply, isHead: isHead, to: writer)
        }
    }

    /// The body, or nil when it is longer than the service allows.
    private func read(_ body: RequestBody, expecting length: Int) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        for try await chunk in body {
            guard bytes.count + chunk.readableBytes <= service.bodyLimit else { return nil }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    @concurrent
    private func send(_ reply: HTTPReply, isHead: Bool, to writer: consuming ResponseWriter) async throws {
        try await writer.write(
            response: head(of: reply),
            body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
        )
    }

    private static let paddingPiece = 1 << 20

    private func head(of reply: HTTPReply) -> HTTPResponse {
        head(of: reply, length: reply.body.count)
    }

    /// - Parameter length: what is announced of the body; nil announces nothing.
    private func head(of reply: HTTPReply, length: Int?) -> HTTPResponse {
        var fields: HTTPFields = [.contentType: reply.contentType]
        if let length { fields[.contentLength] = String(length) }
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return HTTPResponse(status: .init(code: reply.status), headerFields: fields)
    }
}
