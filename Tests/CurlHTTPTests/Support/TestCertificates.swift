import Foundation

/// An authority made for one test, a server's certificate for 127.0.0.1 and a client's, in a directory of their own.
final class TestCertificates: Sendable {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try "[req]\ndistinguished_name=name\n[name]\n".write(
            toFile: path("empty.cnf"),
            atomically: true,
            encoding: .utf8
        )
        try issue("authority", signedBy: nil, ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"])
        try issue("server", signedBy: "authority", ["subjectAltName=IP:127.0.0.1"])
        try issue("client", signedBy: "authority", ["extendedKeyUsage=clientAuth"])
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func certificate(_ name: String) -> String { path("\(name).pem") }
    func key(_ name: String) -> String { path("\(name).key") }

    private func path(_ file: String) -> String { directory.appending(path: file).path(percentEncoded: false) }

    private func issue(_ name: String, signedBy authority: String?, _ extensions: [String]) throws {
        var arguments = [
            "req", "-config", path("empty.cnf"), "-x509", "-days", "2", "-subj", "/CN=test \(name)", "-nodes",
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", key(name), "-out", certificate(name),
        ]
        if let authority { arguments += ["-CA", certificate(authority), "-CAkey", key(authority)] }
        for value in extensions { arguments += ["-addext", value] }
        let status = try OpenSSL.start(arguments).wait()
        guard status == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
