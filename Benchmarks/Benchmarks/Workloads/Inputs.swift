import Pipeline

/// A random number generator that gives the same numbers in every process.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What the workloads work on: as it comes from the servers and tables that the program is made for.
public enum Inputs {
    /// The vectors of one answer.
    public static let vectorsAnAnswer = 16
    public static let dimension = 768

    /// An embedding server's answer, its numbers printed as such servers print them.
    public static let answer: [UInt8] = {
        var generator = SplitMix64(seed: 1)
        let vectors = (0..<vectorsAnAnswer).map { _ in
            let components = (0..<dimension).map { _ in
                Float.random(in: -0.1...0.1, using: &generator).description
            }
            return "[\(components.joined(separator: ","))]"
        }
        return Array("{\"model\":\"m\",\"embeddings\":[\(vectors.joined(separator: ","))],\"total_duration\":1}".utf8)
    }()

    /// Some 600 bytes of code, with what has to be escaped in it and a few characters that are not ASCII.
    static let text: Bytes = {
        let line = "    total = total + items[\"höhe\"] * 2\n"
        return Array((["def area(items):\n"] + Array(repeating: line, count: 15)).joined().utf8)[...]
    }()

    static let payload = Array(
        #"{"language": "python", "file_path": "src/module_7.py", "metadata": {"tags": ["a", "b"], "number": 7}}"#.utf8
    )[...]

    static let textHash = Bytes(repeating: UInt8(ascii: "a"), count: 64)
    static let payloadHash = Bytes(repeating: UInt8(ascii: "b"), count: 64)

    static func row(_ number: Int) -> Row {
        Row(key: key(number), text: text, payload: payload, textHash: textHash, payloadHash: payloadHash)
    }

    static func key(_ number: Int) -> RowKey {
        .uuid("\(hexadecimal(number, digits: 8))-0000-4000-8000-\(hexadecimal(number, digits: 12))")
    }

    private static func hexadecimal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }

    static func header() -> RunHeader {
        RunHeader(
            runID: "0123456789abcdef0123456789abcdef",
            mode: .full,
            fingerprint: Fingerprint(source: "source", target: "target", embedder: "embedder"),
            collection: "code_patterns",
            model: "nomic-embed-text"
        )
    }

    static func checkpoint(_ rows: Int) -> JournalEvent {
        var tally = Tally()
        tally.rowsRead = rows
        tally.embedded = rows
        tally.upserted = rows
        return .checkpoint(Checkpoint(position: Position(key(rows).description), tally: tally))
    }
}
