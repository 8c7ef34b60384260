public import Pipeline

/// Texts of the kind and the lengths that code patterns have, for who has no table at hand: the same ones every time.
public enum BuiltInTexts {
    /// So many texts, all different: most of a few hundred bytes, some of a few thousand.
    public static func texts(_ count: Int) -> [Bytes] {
        (0..<count).map { number in
            var choice = Choice(state: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
            let lines = lengths[choice.next(lengths.count)]
            return Array(text(number, lines: lines, &choice).utf8)[...]
        }
    }

    /// Lines of code a text, by how often: the middle is 8, one of ten has 60.
    private static let lengths = [3, 4, 5, 6, 7, 8, 8, 10, 12, 14, 18, 22, 28, 36, 60, 4, 6, 9, 12, 60]

    private static func text(_ number: Int, lines: Int, _ choice: inout Choice) -> String {
        let (verb, noun) = (choice.of(verbs), choice.of(nouns))
        let name = "\(verb)_\(noun)_\(number)"
        var text =
            "\(name)\npython\nsrc/\(choice.of(nouns))/\(noun).py\ndef \(name)(\(noun), limit=\(choice.next(1_000))):\n"
        for _ in 0..<lines {
            let (left, right) = (choice.of(nouns), choice.of(nouns))
            switch choice.next(5) {
            case 0: text += "    if \(left) is None or len(\(left)) > \(choice.next(500)):\n        return \(right)\n"
            case 1:
                text += "    for \(left) in \(choice.of(verbs))_\(right)(\(noun)):\n        yield \(left).\(right)\n"
            case 2: text += "    \(left) = \(choice.of(verbs))_\(right)(\(noun), key=\"\(left)\")\n"
            case 3: text += "    # \(choice.of(verbs)) the \(left) before the \(right) is read\n"
            default: text += "    \(left)[\"\(right)\"] = \(noun) * \(choice.next(100)) + \(choice.next(10))\n"
            }
        }
        return text
    }

    private static let verbs = [
        "read", "write", "parse", "merge", "sort", "filter", "load", "store", "fetch", "validate", "encode", "decode",
    ]
    private static let nouns = [
        "file", "lines", "items", "user", "request", "response", "buffer", "token", "index", "record", "cache",
        "session",
        "path", "query", "result", "config",
    ]

    /// SplitMix64: the same on every machine.
    private struct Choice {
        var state: UInt64

        mutating func next(_ count: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(count))
        }

        mutating func of(_ words: [String]) -> String { words[next(words.count)] }
    }
}
