import Foundation
import Settings
import Testing

struct ConfigurationFileTests {
    private func error(_ text: String) -> String? {
        #expect(throws: UsageError.self) { try ConfigurationFile(text: text, name: "sync.yaml") }?.description
    }

    @Test func `gives back each value as it is written, and where`() throws {
        let file = try ConfigurationFile(
            text: "window: 8\nmax-outage: \"10m\"\nquery: |\n  SELECT 1\nlist: ~\nfresh:\n",
            name: "sync.yaml"
        )
        #expect(file.setting("window")?.text == "8")
        #expect(file.setting("max_outage")?.text == "10m")
        #expect(file.setting("max_outage")?.origin == "max_outage in sync.yaml")
        #expect(file.setting("query")?.text == "SELECT 1\n")
        #expect(file.setting("list") == nil && file.setting("fresh") == nil && file.setting("limit") == nil)
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "{}"])
    func `may say nothing`(text: String) throws {
        let file = try ConfigurationFile(text: text, name: "sync.yaml")
        #expect(ConfigurationFile.keys.allSatisfy { file.setting($0) == nil })
    }

    @Test(arguments: ConfigurationFile.keys.sorted())
    func `takes a key with dashes for the one with underscores`(key: String) throws {
        for written in [key, key.replacing("_", with: "-")] {
            let file = try ConfigurationFile(text: "\(written): some\n", name: "sync.yaml")
            #expect(file.setting(key)?.text == "some")
        }
    }

    @Test(arguments: [
        ("vector-on-disk", "vectors_on_disk"), ("Vectors_On_Disk", "vectors_on_disk"), ("windows", "window"),
        ("max-rejections", "max_rejects"), ("embedbatch", "embed_batch"),
    ])
    func `names the key that may have been meant`(written: String, meant: String) {
        #expect(error("\(written): 1\n")?.contains("did you mean '\(meant)'?") == true)
    }

    @Test func `names none that is far from what is written`() {
        #expect(error("something_else: 1\n")?.contains("did you mean") == false)
    }

    @Test func `refuses a key that is given twice, however it is spelt`() {
        for text in ["window: 1\nwindow: 2\n", "max-outage: 1\nmax_outage: 2\n", "max_outage:\nmax-outage: 2\n"] {
            #expect(error(text)?.contains("twice") == true, "\(text)")
        }
    }

    @Test(arguments: ["- 1\n", "window: [1]\n", "window: {a: 1}\n", "windows: 1\n", "a: b: c\n", "\"", "? [1]\n: 2\n"])
    func `refuses what is no mapping of settings`(text: String) {
        #expect(error(text)?.contains("sync.yaml") == true)
    }

    @Test func `holds its property over the corpus of the fuzzer`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fuzz/Corpus/Configuration").standardized
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.isEmpty)
        for name in names {
            let input = try Data(contentsOf: folder.appending(path: name))
            #expect(throws: Never.self, "\(name)") { try ConfigurationProperty.check(Array(input)) }
        }
    }
}

struct SettingsPrecedenceTests {
    private func settings(_ environment: [String: String], _ file: String) throws -> Settings {
        Settings(environment: environment, file: try ConfigurationFile(text: file, name: "sync.yaml"))
    }

    @Test func `takes a flag before a variable before the file`() throws {
        let all = try settings(["WINDOW": "2"], "window: 3\n")
        #expect(all.setting(("--window", "1"), variable: "WINDOW", key: "window")?.text == "1")
        #expect(all.setting(("--window", nil), variable: "WINDOW", key: "window")?.origin == "WINDOW")
        let empty = try settings(["WINDOW": ""], "window: 3\n")
        #expect(empty.setting(nil, variable: "WINDOW", key: "window")?.text == "3")
        #expect(empty.setting(nil, key: "limit") == nil)
    }

    @Test func `refuses a secret that is given twice, and a file that is not there`() throws {
        let both = try settings(["KEY": "hunter2", "KEY_FILE": "/nowhere/hunter2.txt"], "")
        let error = #expect(throws: UsageError.self) { try both.secret("KEY", key: "qdrant_api_key") }
        #expect(error?.description.contains("KEY_FILE") == true)
        #expect(error?.description.contains("hunter2") == false)
        let missing = try settings(["KEY_FILE": "/nowhere/key"], "")
        #expect(throws: UsageError.self) { try missing.secret("KEY", key: "qdrant_api_key") }
        #expect(try settings([:], "qdrant-api-key: k\n").secret("KEY", key: "qdrant_api_key")?.text == "k")
    }
}

struct SettingTests {
    @Test(arguments: [
        ("90", 90_000), ("1.5s", 1_500), ("250ms", 250), ("10m", 600_000), ("2h", 7_200_000), ("1d", 86_400_000),
    ])
    func `reads a duration with its unit`(text: String, milliseconds: Int) {
        #expect(Duration(writtenAs: text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "s", "-1s", "1 s", "1w", "1e9s", "99999999999s", "..", "١s"])
    func `reads no other text as a duration`(text: String) {
        #expect(Duration(writtenAs: text) == nil)
    }
}
