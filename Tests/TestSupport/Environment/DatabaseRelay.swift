internal import Dispatch
internal import Foundation
internal import Threading

/// Stands between a program and PostgreSQL. The network in there can swallow everything, or forget a client's connection of
/// which the server notices nothing.
package final class DatabaseRelay: Sendable {
    /// Reaches the database by way of the relay.
    package let url: String

    private struct State {
        var isFrozen = false
        var sockets: [Int32] = []
        var clients: [Int32] = []
        var cutOff: Set<Int32> = []
    }

    private let listener: Int32
    /// The path of the server's unix socket.
    private let upstream: String
    private let state = Locked(State())
    private let work = DispatchGroup()

    /// Nil where the database is not on a unix socket, as `make test` has it.
    package init?(to database: TestDatabase) throws {
        guard var parts = URLComponents(string: database.url), let items = parts.queryItems,
            let folder = items.first(where: { $0.name == "host" })?.value, folder.hasPrefix("/")
        else { return nil }
        upstream = "\(folder)/.s.PGSQL.\(items.first { $0.name == "port" }?.value ?? "5432")"
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRINUSE) }
        parts.host = "127.0.0.1"
        parts.port = Int(UInt16(bigEndian: address.sin_port))
        parts.queryItems =
            items.filter { !["host", "port"].contains($0.name) }
            + [URLQueryItem(name: "sslmode", value: "disable"), URLQueryItem(name: "gssencmode", value: "disable")]
        url = parts.string ?? ""
        DispatchQueue.global().async(group: work) { [self] in accept() }
    }

    /// From here on nothing goes through in either direction, and no connection is closed.
    package func freeze() {
        state.withLock { $0.isFrozen = true }
    }

    /// Ends the clients' connections, and leaves the server's open.
    package func cutOffClients() {
        state.withLock { state in
            for client in state.clients {
                state.cutOff.insert(client)
                shutdown(client, Int32(SHUT_RDWR))
            }
            state.clients = []
        }
    }

    /// Ends all connections. To be called once.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { for socket in $0.sockets { shutdown(socket, Int32(SHUT_RDWR)) } }
        work.wait()
        state.withLock { for socket in $0.sockets + [listener] { close(socket) } }
    }

    private func accept() {
        while true {
            let client = Foundation.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = connected()
            state.withLock { state in
                state.sockets += [client, server]
                state.clients.append(client)
            }
            DispatchQueue.global().async(group: work) { [self] in pass(from: client, to: server) }
            DispatchQueue.global().async(group: work) { [self] in pass(from: server, to: client) }
        }
    }

    private func connected() -> Int32 {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: upstream.utf8) }
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                // Where that fails, the client learns it from a connection that is closed at once.
                _ = connect(server, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return server
    }

    private func pass(from source: Int32, to sink: Int32) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(source, &bytes, bytes.count)
            guard count > 0 else { break }
            if state.withLock({ $0.isFrozen }) { continue }
            var rest = bytes[..<count]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
        if state.withLock({ !$0.cutOff.contains(source) }) { shutdown(sink, Int32(SHUT_RDWR)) }
    }
}
