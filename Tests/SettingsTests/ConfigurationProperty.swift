import Settings

/// What holds of every text that is given for a configuration file.
enum ConfigurationProperty {
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// The password in the corpus; no message may repeat it.
    static let secret = "hunter2"

    /// What nobody means by a value.
    private static let nulls: Set<Substring> = ["null"]

    static func check(_ input: [UInt8]) throws {
        // The file is read as UTF-8, or not at all.
        guard let text = String(validating: input, as: UTF8.self) else { return }
        let file: ConfigurationFile
        do {
            file = try ConfigurationFile(text: text, name: "sync.yaml")
        } catch {
            try require(!error.description.contains(secret), "it tells a secret: \(error)")
            try require(error.description.contains("sync.yaml"), "it does not name the file: \(error)")
            let plain = plainSettings(of: text)
            try require(plain == nil, "refused: \(error)")
            return
        }
        try checkValues(of: file)
        guard let plain = plainSettings(of: text) else { return }
        for key in ConfigurationFile.keys {
            try require(file.setting(key)?.text == plain[key], "\(key) is '\(file.setting(key)?.text ?? "")'")
        }
    }

    /// Each value is given back with its origin, and by a file that has nothing but quoted values as well.
    private static func checkValues(of file: ConfigurationFile) throws {
        var values: [String: String] = [:]
        for key in ConfigurationFile.keys {
            guard let setting = file.setting(key) else { continue }
            try require(setting.origin == "\(key) in sync.yaml", "its origin is \(setting.origin)")
            values[key] = setting.text
        }
        let written = values.map { "\($0): \(quoted($1))\n" }.joined()
        let again = try ConfigurationFile(text: written, name: "sync.yaml")
        for key in ConfigurationFile.keys {
            try require(again.setting(key)?.text == values[key], "\(key) is not kept: \(written)")
        }
    }

    /// The settings of a text that is nothing but lines such as `key: value`, each key once; nil of any other.
    private static func plainSettings(of text: String) -> [String: String]? {
        var values: [String: String] = [:]
        for line in text.unicodeScalars.split(separator: "\n") {
            let parts = Substring(line).split(separator: ": ", omittingEmptySubsequences: false)
            guard parts.count == 2, let value = parts.last,
                value.utf8.allSatisfy({ UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }), !value.isEmpty,
                !nulls.contains(value)
            else { return nil }
            let key = parts[0].map { $0 == "-" ? "_" : String($0) }.joined()
            guard ConfigurationFile.keys.contains(key), values[key] == nil, !parts[0].hasPrefix("-") else { return nil }
            values[key] = String(value)
        }
        return values
    }

    /// A double-quoted scalar of YAML, all but letters and digits by their numbers.
    private static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return "\"\(scalars.joined())\""
    }

    private static func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        guard condition else { throw Violation(description: text()) }
    }
}
