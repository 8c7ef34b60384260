import Dispatch
import SandboxServers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small HTTP/1.1 client that shows what came over the wire, cut short or not.
struct LoopbackClient {
    struct Answer: Sendable {
        var status = 0
        /// Names in lower case.
        var headers: [String: String] = [:]
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
        /// Whether all of the announced body came.
        var isComplete: Bool { headers["content-length"].flatMap { Int($0) } == body.count }
        /// Whether the connection was closed before a first byte.
        var isReset: Bool { status == 0 }
    }

    let port: Int

    init(_ server: RunningServer) {
        port = server.port
    }

    func send(
        _ method: String,
        _ target: String,
        _ body: String = "",
        headers: [String: String] = [:]
    ) async -> Answer {
        await send(method, target, Array(body.utf8), headers: headers)
    }

    func send(_ method: String, _ target: String, _ body: [UInt8], headers: [String: String] = [:]) async -> Answer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let request = Array((head + "\r\n").utf8) + body
        return Self.parse(await exchange(request))
    }

    /// Sends the bytes and returns everything that comes until the server closes the connection.
    func exchange(_ request: [UInt8]) async -> [UInt8] {
        let port = port
        return await Self.blocking {
            let socket = Self.connect(to: port)
            defer { close(socket) }
            Self.send(request, to: socket)
            var received: [UInt8] = []
            while true {
                let chunk = Self.receive(from: socket)
                if chunk.isEmpty { return received }
                received += chunk
            }
        }
    }

    /// Sends the bytes, reads until at least `count` bytes have come or the server closes the connection, and closes it.
    /// - Returns: how many have come.
    func exchange(_ request: [UInt8], atLeast count: Int) async -> Int {
        let port = port
        return await Self.blocking {
            let socket = Self.connect(to: port)
            defer { close(socket) }
            Self.send(request, to: socket)
            var received = 0
            while received < count {
                let chunk = Self.receive(from: socket)
                if chunk.isEmpty { break }
                received += chunk.count
            }
            return received
        }
    }

    /// Runs what blocks on a thread of its own: the servers need the shared ones. A serial queue gets one however many
    /// there are.
    static func blocking<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "loopback-client").async { continuation.resume(returning: body()) }
        }
    }

    static func send(_ bytes: [UInt8], to socket: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// What comes next; empty when the connection is closed.
    static func receive(from socket: Int32) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = chunk.withUnsafeMutableBytes { read(socket, $0.baseAddress, $0.count) }
        return Array(chunk.prefix(max(count, 0)))
    }

    /// A connected socket; -1 when nobody listens.
    static func connect(to port: Int) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { establish(file, $0) }
        }
        guard status == 0 else {
            close(file)
            return -1
        }
        return file
    }

    private static func parse(_ bytes: [UInt8]) -> Answer {
        var answer = Answer()
        var rest = bytes[...]
        while let end = headEnd(in: rest) {
            let lines = String(decoding: rest[..<end], as: UTF8.self).split(separator: "\r\n")
            rest = rest[(end + 4)...]
            answer.status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
            if answer.status == 100 { continue }
            for line in lines.dropFirst() {
                let sides = line.split(separator: ":", maxSplits: 1)
                answer.headers[sides[0].lowercased()] = sides.count > 1 ? String(sides[1].drop { $0 == " " }) : ""
            }
            break
        }
        answer.body = Array(rest)
        return answer
    }

    private static func headEnd(in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (bytes.startIndex...bytes.endIndex - 4).first { Array(bytes[$0..<$0 + 4]) == [13, 10, 13, 10] }
    }
}

private func establish(_ file: Int32, _ address: UnsafePointer<sockaddr>) -> Int32 {
    connect(file, address, socklen_t(MemoryLayout<sockaddr_in>.size))
}
