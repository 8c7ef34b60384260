import Dispatch
import Glibc

/// A server that answers the first message of its one client, and then hangs up when the client does.
enum ScriptedPostgres {
    /// Runs `body` with a connection string for the server, whose password is `sw0rdfish`.
    ///
    /// - Parameter answer: nil for a server that accepts connections and says nothing.
    static func run<Result>(_ answer: [UInt8]?, _ body: (String) throws -> Result) throws -> Result {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(listener, address, length) == 0)
                precondition(listen(listener, 5) == 0)
                precondition(getsockname(listener, address, &length) == 0)
            }
        }
        let serving = DispatchGroup()
        if let answer { DispatchQueue.global().async(group: serving) { serve(listener, answer) } }
        defer {
            // Ends an `accept` that still waits.
            shutdown(listener, Int32(SHUT_RDWR))
            serving.wait()
            close(listener)
        }
        // Without encryption the first message is the one that asks for a session.
        let port = UInt16(bigEndian: address.sin_port)
        return try body("postgresql://user:sw0rdfish@127.0.0.1:\(port)/database?sslmode=disable&gssencmode=disable")
    }

    /// A message of the protocol: its kind, its length and its content.
    static func message(_ kind: Character, _ content: [UInt8]) -> [UInt8] {
        [kind.asciiValue!] + withUnsafeBytes(of: UInt32(content.count + 4).bigEndian) { Array($0) } + content
    }

    /// The end of a session before it began.
    static func refusal(_ state: String, _ text: String) -> [UInt8] {
        let fields = ["SFATAL", "VFATAL", "C" + state, "M" + text, "Fauth.c", "L335", "Rauth_failed", ""]
        return message("E", fields.flatMap { Array($0.utf8) + [0] })
    }

    private static func serve(_ listener: Int32, _ answer: [UInt8]) {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 4096)
        _ = read(client, &bytes, bytes.count)
        _ = write(client, answer, answer.count)
        while read(client, &bytes, bytes.count) > 0 {}
        close(client)
    }
}
