import Pipeline
import Postgres
import Testing

struct WrittenKeyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let type: KeyType
        let text: String
        let key: RowKey?

        init(_ type: KeyType, _ text: String, _ key: RowKey? = nil) {
            self.type = type
            self.text = text
            self.key = key
        }

        var testDescription: String { "\(type) \(text)" }
    }

    private static let uuid = "00000000-0000-4000-8000-00000000abcd"

    @Test(arguments: [
        Case(.uuid, uuid, .uuid(uuid)), Case(.uuid, uuid.uppercased()), Case(.uuid, "{\(uuid)}"), Case(.uuid, ""),
        Case(.uuid, "00000000000040008000-00000000abcd---"), Case(.uuid, "0000000g-0000-4000-8000-00000000abcd"),
        Case(.uuid, "17"), Case(.bigint, "17", .integer(17)), Case(.bigint, "0", .integer(0)), Case(.bigint, "-17"),
        Case(.bigint, "+17"), Case(.bigint, "017"), Case(.bigint, "17.0"), Case(.bigint, " 17"), Case(.bigint, ""),
        Case(.bigint, "9223372036854775807", .integer(9_223_372_036_854_775_807)),
        Case(.bigint, "9223372036854775808"), Case(.bigint, uuid), Case(.text, "", .text("")),
        Case(.text, "ключ \" \\", .text("ключ \" \\")), Case(.text, uuid, .text(uuid)), Case(.text, "a\0b"),
    ])
    func `is read as the query's type of key has it, or not at all`(example: Case) {
        #expect(example.type.key(writtenAs: example.text) == example.key)
    }
}
