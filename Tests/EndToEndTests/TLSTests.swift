import Foundation
import SandboxServers
import TestSupport
import Testing

/// One after another, since one of them changes the certificate of the one PostgreSQL.
@Suite(
    "A sync over TLS",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox && TestCertificates.areAvailable),
    .serialized,
    .endsSomeTime
)
struct TLSTests {
    /// What is wrong about the certificates.
    enum Flaw: CaseIterable {
        case unknownAuthority, wrongName, expired, noClientCertificate, unknownClientCertificate
    }

    private static let rows = PatternTable.creation() + PatternTable.rows(1...30)

    @Test func `mirrors the table where all certificates are in order`() async throws {
        try await withScenario(Self.rows) { scenario in
            let sandbox = try #require(scenario.servers.sandbox)
            let config = try scenario.certificates()
            try await withTLSProxy(to: sandbox.qdrant.port) { qdrant in
                try await withTLSProxy(to: sandbox.ollama[0].port) { ollama in
                    let outcome = try await scenario.run(
                        "sync",
                        "--config",
                        config,
                        environment: [
                            "DATABASE_URL": scenario.database.tlsURL(authority: "authority", client: "client"),
                            "QDRANT_URL": "https://localhost:\(qdrant)",
                            "OLLAMA_BASE_URL": "https://localhost:\(ollama)",
                        ]
                    )
                    #expect(outcome.status == 0, "\(outcome.errors)")
                }
            }
            try await scenario.expectMirror()
        }
    }

    @Test(arguments: ["QDRANT_URL", "OLLAMA_BASE_URL"], Flaw.allCases)
    func `ends at once where the certificates of one side are not taken`(_ variable: String, _ flaw: Flaw) async throws
    {
        try await withScenario(Self.rows) { scenario in
            let sandbox = try #require(scenario.servers.sandbox)
            let isQdrant = variable == "QDRANT_URL"
            let host = flaw == .wrongName ? "127.0.0.1" : "localhost"
            let config = try scenario.certificates(
                authority: flaw == .unknownAuthority ? "other" : "authority",
                client: flaw == .noClientCertificate ? nil : flaw == .unknownClientCertificate ? "stranger" : "client"
            )
            var line = ""
            var server = ""
            try await withTLSProxy(
                to: isQdrant ? sandbox.qdrant.port : sandbox.ollama[0].port,
                showing: flaw == .expired ? "expired" : "server"
            ) { port in
                server = isQdrant ? "Qdrant" : "\(host):\(port)"
                line = try await failure(
                    of: scenario,
                    ["--config", config],
                    environment: [variable: "https://\(host):\(port)"]
                )
            }
            let reason =
                switch flaw {
                case .unknownAuthority: "self-signed certificate in certificate chain|unable to get local issuer"
                case .wrongName: "127.0.0.1'"
                case .expired: "certificate has expired"
                case .noClientCertificate: "refuses the TLS connection: certificate required"
                case .unknownClientCertificate: "refuses the TLS connection: unknown ca"
                }
            #expect(line.contains(" error: \(server): "), "\(line)")
            #expect(reason.split(separator: "|").contains { line.contains($0) }, "\(line)")
            #expect(line.contains("ca_file") && line.contains("client_certificate"), "\(line)")
        }
    }

    @Test(arguments: Flaw.allCases)
    func `ends at once where PostgreSQL's certificates or ours are not taken`(_ flaw: Flaw) async throws {
        try await withScenario(Self.rows) { scenario in
            let url = scenario.database.tlsURL(
                host: flaw == .wrongName ? "127.0.0.1" : "localhost",
                authority: flaw == .unknownAuthority ? "other" : "authority",
                client: flaw == .noClientCertificate ? nil : flaw == .unknownClientCertificate ? "stranger" : "client"
            )
            if flaw == .expired { try await scenario.showCertificate("expired") }
            let line: String
            do {
                line = try await failure(of: scenario, [], environment: ["DATABASE_URL": url])
            } catch {
                try await scenario.showCertificate("server")
                throw error
            }
            if flaw == .expired { try await scenario.showCertificate("server") }
            let (reason, remedy) =
                switch flaw {
                case .unknownAuthority, .expired: ("certificate verify failed", "sslrootcert")
                case .wrongName: ("does not match host name \"127.0.0.1\"", "sslrootcert")
                case .noClientCertificate: ("requires a valid client certificate", "sslcert")
                case .unknownClientCertificate: ("alert unknown ca", "sslcert")
                }
            #expect(line.contains(" error: PostgreSQL: "), "\(line)")
            #expect(line.contains(reason) && line.contains(remedy), "\(line)")
        }
    }

    @Test func `ends at once where the file of the authority is not there`() async throws {
        try await withScenario(Self.rows) { scenario in
            let url = scenario.database.tlsURL(authority: "nobody", client: nil)
            let line = try await failure(of: scenario, [], environment: ["DATABASE_URL": url])
            #expect(line.contains("nobody.pem\" does not exist") && line.contains("sslrootcert"), "\(line)")
        }
    }

    /// The last line of a sync that must fail, and not wait.
    private func failure(
        of scenario: Scenario,
        _ arguments: [String],
        environment: [String: String]
    ) async throws -> String {
        let began = ContinuousClock.now
        let outcome = try await Scenario.program.run(
            ["sync", "--wait", "10m", "--max-outage", "10m"] + arguments,
            environment: scenario.environment.merging(environment) { $1 }
        )
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(ContinuousClock.now - began < .seconds(60))
        return outcome.errors.split(separator: "\n").last.map(String.init) ?? ""
    }
}

extension Scenario {
    /// The path of a configuration that names these certificates.
    fileprivate func certificates(authority: String = "authority", client: String? = "client") throws -> String {
        var lines = ["ca_file: \(TestCertificates.certificate(authority))"]
        if let client {
            lines.append("client_certificate: \(TestCertificates.certificate(client))")
            lines.append("client_key: \(TestCertificates.key(client))")
        }
        return try file("certificates.yaml", lines.joined(separator: "\n") + "\n")
    }

    /// Makes PostgreSQL show another certificate, and waits until it does.
    fileprivate func showCertificate(_ name: String) async throws {
        let file = TestCertificates.certificate(name)
        try await database.run("ALTER SYSTEM SET ssl_cert_file = '\(file)'")
        try await database.run("SELECT pg_reload_conf()")
        let url = database.tlsURL(authority: "authority", client: "client")
        for _ in 0..<1_000 {
            let isTaken = try await Program("/usr/bin/env").run(["psql", "-X", "-c", "", url]).status == 0
            if isTaken == (name == "server") { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Timeout(errors: "PostgreSQL does not show \(file)")
    }
}
