import Foundation
import Threading

/// A TCP server on a free port of the loopback interface that runs a script for every connection, on a thread of its own.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let accepted = Locked(0)

    init(script: @escaping @Sendable (ScriptedConnection) -> Void) throws {
        (listener, port) = try listenOnLoopback()
        let listener = listener
        let accepted = accepted
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                let number = accepted.withLock { count in
                    count += 1
                    return count
                }
                Thread.detachNewThread {
                    script(ScriptedConnection(descriptor: descriptor, number: number))
                }
            }
            close(listener)
        }
    }

    /// Answers every request of every connection alike.
    convenience init(answer: @escaping @Sendable (ReceivedRequest, ScriptedConnection) -> Void) throws {
        try self.init(script: { connection in
            while let request = connection.readRequest() { answer(request, connection) }
        })
    }

    deinit {
        // Ends the wait in `accept`.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    var url: String { "http://127.0.0.1:\(port)" }

    var acceptedConnections: Int { accepted.withLock { $0 } }
}

/// A port on which nobody listens.
func unusedPort() throws -> UInt16 {
    let (descriptor, port) = try listenOnLoopback()
    close(descriptor)
    return port
}

private func listenOnLoopback() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, length) == 0 && listen(descriptor, 512) == 0
                && getsockname(descriptor, address, &length) == 0
        }
    }
    guard status else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}
