import Foundation

/// An HTTPS server whose page tells what it knows of the connection, such as the client's certificate.
final class OpenSSLServer {
    let url: String
    private let process: OpenSSL

    /// - Parameter options: of `openssl s_server`, beside the others.
    init(
        _ certificates: TestCertificates,
        requiresClientCertificate: Bool = false,
        options: [String] = []
    ) throws {
        var arguments =
            [
                "s_server", "-accept", "127.0.0.1:0", "-www",
                "-cert", certificates.certificate("server"), "-key", certificates.key("server"),
            ] + options
        if requiresClientCertificate {
            arguments += ["-Verify", "1", "-verify_return_error", "-CAfile", certificates.certificate("authority")]
        }
        let output = Pipe()
        process = try OpenSSL.start(arguments, output: output.fileHandleForWriting.fileDescriptor)
        try output.fileHandleForWriting.close()
        // It says "ACCEPT 127.0.0.1:port" once it listens.
        var text = ""
        var port: Substring?
        while port == nil {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw CocoaError(.fileReadUnknown) }
            text += String(decoding: data, as: UTF8.self)
            port = text.firstMatch(of: /ACCEPT [0-9.]+:([0-9]+)\s/)?.1
        }
        url = "https://127.0.0.1:\(port ?? "")/"
    }

    deinit {
        process.kill()
        _ = process.wait()
    }
}
