import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("A search", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct SearchTests {
    private static let table =
        PatternTable.creation()
            + """
            INSERT INTO pattern_lineage_nodes (pattern_id, pattern_name, pattern_type, pattern_data, file_path, language) VALUES
            ('1', 'read_lines', 'code', jsonb_build_object('code', E'\\ndef read_lines(path):\\n    with open(path) as file:\\n        return file.readlines()'), 'io.py', 'python'),
            ('2', 'bubble_sort', 'code', jsonb_build_object('code', E'def bubble_sort(items):\\n    swap(items)'), 'sort.py', 'python'),
            ('3', 'readLines', 'code', jsonb_build_object('code', 'func readLines(path: String) -> [Substring] { read file lines }'), 'IO.swift', 'swift');
            """

    @Test func `shows the nearest pattern first, with a line of its code`() async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run()
            let outcome = try await scenario.run("search", "sort the items of a list by swapping them")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 6)
            #expect(lines.first?.hasSuffix("bubble_sort  python  sort.py") == true, "\(outcome.output)")
            #expect(lines.dropFirst().first?.contains("def bubble_sort(items):") == true)
        }
    }

    @Test func `prints JSON for machines, of one language only, as many as wanted`() async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run("--prefix", "none")
            let swift = try await scenario.run("search", "--json", "--language", "swift", "read the lines of a file")
            let line = try JSONSerialization.jsonObject(with: Data(swift.output.utf8)) as? [String: Any]
            #expect(line?["pattern_name"] as? String == "readLines")
            #expect(line?["language"] as? String == "swift")
            #expect(line?["score"] is Double)
            let one = try await scenario.run("search", "--json", "--limit", "1", "read the lines of a file")
            #expect(one.output.split(separator: "\n").count == 1)
        }
    }

    @Test func `says what to do when there is nothing to search`() async throws {
        try await withScenario(Self.table) { scenario in
            let outcome = try await scenario.run("search", "anything")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("pattern-sync sync"), "\(outcome.errors)")
        }
    }

    @Test func `refuses a blank question and no results`() async throws {
        for arguments in [["search", "  "], ["search", "x", "--limit", "0"], ["search"]] {
            let outcome = try await Scenario.program.run(arguments)
            #expect(outcome.status == 2, "\(outcome.errors)")
        }
    }
}
