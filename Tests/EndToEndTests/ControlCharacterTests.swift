import Foundation
import SandboxServers
import TestSupport
import Testing

@testable import pattern_sync

@Suite("Control characters", .endsSomeTime)
struct ControlCharacterTests {
    /// Escapes that clear a screen and set a title, in seven and eight bits, and what turns a line around.
    private static let nasty = "a\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}b\u{2066}c\u{200f}d\u{2028}e\u{7f}\rf"

    /// The first character that a terminal would obey, besides line breaks and tabs.
    private static func command(in text: String) -> Unicode.Scalar? {
        text.unicodeScalars.first { scalar in
            switch scalar.value {
            case 9, 10: false
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
            default: false
            }
        }
    }

    @Test func `are spaces in text, and what is in one line stays there`() {
        #expect("a\u{1b}[0m\nb\u{85}\u{202e}c".printable == "a [0m b  c")
        #expect("a\u{1b}\n\tb\u{2029}".printableLines == "a \n\tb ")
        // What looks like one and is none: accents, Hebrew, an emoji of several characters.
        for text in ["é", "שלום", "👩‍👩‍👧‍👦 ok", "日本"] { #expect(text.printable == text) }
    }

    @Test func `are escapes in JSON, which stays what it is`() throws {
        let text = try JSONOutput.text(["key": Self.nasty])
        #expect(Self.command(in: text) == nil)
        #expect(try JSONDecoder().decode([String: String].self, from: Data(text.utf8)) == ["key": Self.nasty])
    }

    private static let table = """
        CREATE TABLE items (id text PRIMARY KEY, body text, extra jsonb);
        INSERT INTO items VALUES
            ('k1' || E'\\x1b[31m', 'one', '{"code": "x"}'), ('k2' || chr(8238) || chr(155), NULL, '{}'),
            ('k3', 'three', jsonb_build_object('pattern_name', 'n' || chr(27) || ']0;owned' || chr(7), 'language', chr(8238),
             'file_path', E'a\\rb', 'code', 'x = ' || chr(27) || '[2J' || chr(8294)));
        """
    private static let config =
        "{name: items, key: text, query: 'SELECT id, body AS text, extra AS payload FROM items'}"

    @Test(.enabled(if: TestDatabase.isAvailable))
    func `of rows reach no terminal and no log`() async throws {
        try await withScenario(Self.table) { scenario in
            let config = try scenario.file("sync.yaml", Self.config)
            let commands = [
                ["--dry-run", "--list"], ["--log-level", "trace"], ["search", "three"], ["journal"], ["verify"],
                ["--log-format", "json", "--log-level", "trace", "--report", "-"], ["search", "three", "--json"],
                ["journal", "--json"], ["generations", "--json"],
            ]
            for command in commands {
                let outcome = try await Scenario.program.run(
                    command + ["--config", config],
                    environment: scenario.environment
                )
                #expect([0, 3, 4].contains(outcome.status), "\(command): \(outcome.errors)")
                #expect(Self.command(in: outcome.output) == nil, "\(command): \(outcome.output)")
                #expect(Self.command(in: outcome.errors) == nil, "\(command): \(outcome.errors)")
                if command.contains("json") {
                    for line in outcome.errors.split(separator: "\n") where line.hasPrefix("{") {
                        #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
                    }
                    #expect((try? JSONSerialization.jsonObject(with: Data(outcome.output.utf8))) != nil)
                }
                if command.contains("--json") {
                    for line in outcome.output.split(separator: "\n") {
                        #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
                    }
                }
            }
            let listed = try await scenario.run("--dry-run", "--list", "--config", config)
            #expect(listed.output.contains("k1 [31m"), "\(listed.output)")
        }
    }

    /// Bodies of errors: with controls, with bytes that are no UTF-8, with half of a surrogate pair.
    private static let bodies = [
        "{\"error\":\"\\u001b[2J\\u009b31m\\u202e gone\",\"status\":{\"error\":\"\\u001b[2J\\u202e gone\"}}",
        "{\"error\":\"half a pair \\ud800 gone\",\"status\":{\"error\":\"\\udc00 gone\"}}",
        "\u{1b}[2J\u{9b}31m\u{202e} gone\r\n\u{0}gone",
    ]

    @Test(.enabled(if: TestDatabase.isAvailable && TestServers.areSandbox), arguments: bodies)
    func `of servers reach no terminal, log, report or journal`(_ body: String) async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            let sandbox = try #require(scenario.servers.sandbox)
            sandbox.ollama[0].faults.set(.init(.embed, match: "function_2", .status(400, body: body)))
            for format in ["text", "json"] {
                let outcome = try await scenario.run("--log-format", format, "--report", scenario.reportPath, "--fresh")
                #expect(outcome.status == 3, "\(outcome.errors)")
                #expect(outcome.errors.contains("gone"), "\(outcome.errors)")
                #expect(Self.command(in: outcome.output + outcome.errors) == nil, "\(outcome.errors)")
                for line in outcome.errors.split(separator: "\n") where format == "json" {
                    #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
                }
                let report = try String(contentsOfFile: scenario.reportPath, encoding: .utf8)
                #expect(Self.command(in: report) == nil)
                #expect(try scenario.report()["rejected"] as? Int == 1)
            }
            for arguments in [["journal"], ["journal", "--json"]] {
                let outcome = try await Scenario.program.run(arguments, environment: scenario.environment)
                #expect(outcome.output.contains("gone"))
                #expect(Self.command(in: outcome.output) == nil, "\(outcome.output)")
            }
            sandbox.ollama[0].faults.clear()
            sandbox.qdrant.faults.set(.init(.path("/collections"), .status(400, body: body)))
            let outcome = try await scenario.run("verify")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("gone"), "\(outcome.errors)")
            #expect(Self.command(in: outcome.errors) == nil, "\(outcome.errors)")
            sandbox.qdrant.faults.clear()
        }
    }

    @Test(arguments: [["\u{1b}[2J\u{202e}"], ["--window", "\u{1b}[2J\u{202e}"], ["--config", "/\u{1b}[2J\u{202e}"]])
    func `of the command line are not given back`(_ arguments: [String]) async throws {
        let outcome = try await Scenario.program.run(["sync"] + arguments)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("[2J"), "\(outcome.errors)")
        #expect(Self.command(in: outcome.errors) == nil, "\(outcome.errors)")
    }
}
