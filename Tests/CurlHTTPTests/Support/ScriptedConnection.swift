import Foundation

/// The server's end of one connection. It does what its script says, however ill-mannered.
final class ScriptedConnection {
    /// Counted from 1 in the order of accepting.
    let number: Int
    private var descriptor: Int32
    private var unread: [UInt8] = []

    init(descriptor: Int32, number: Int) {
        self.descriptor = descriptor
        self.number = number
        // A script that waits for something that never comes must not outlive the test run.
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close() }

    /// Nil when the client has closed the connection.
    func readRequest() -> ReceivedRequest? {
        guard let head = readHead() else { return nil }
        let request = ReceivedRequest(head: head, body: [])
        let length = request.fields("content-length").first.flatMap { Int($0.dropFirst(15).trimmingPrefix(" ")) } ?? 0
        guard let body = read(length) else { return nil }
        return ReceivedRequest(head: head, body: body)
    }

    /// What precedes the body, which stays where it is.
    func readHead() -> String? {
        while true {
            if let end = unread.firstRange(of: Array("\r\n\r\n".utf8)) {
                defer { unread.removeSubrange(..<end.upperBound) }
                return String(decoding: unread[..<end.lowerBound], as: UTF8.self)
            }
            guard receive() else { return nil }
        }
    }

    private func read(_ count: Int) -> [UInt8]? {
        while unread.count < count {
            guard receive() else { return nil }
        }
        defer { unread.removeFirst(count) }
        return Array(unread.prefix(count))
    }

    private func receive() -> Bool {
        let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        unread += chunk
        return !chunk.isEmpty
    }

    /// Returns when the client has closed or reset the connection; false when it has not within the test's patience.
    func waitForClose() -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = recv(descriptor, &byte, 1, 0)
            if count == 0 { return true }
            if count < 0 { return errno != EAGAIN }
        }
    }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { sendNow(descriptor, $0) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func respond(_ status: String = "200 OK", fields: [String] = [], body: [UInt8] = []) {
        let lines = ["HTTP/1.1 \(status)"] + fields + ["Content-Length: \(body.count)"]
        send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    func close() {
        guard descriptor >= 0 else { return }
        Foundation.close(descriptor)
        descriptor = -1
    }

    /// Closes so that the client sees a reset instead of an end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }
}

private func sendNow(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
}
