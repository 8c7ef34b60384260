import Foundation
import Testing
import WireJSON

@Suite
struct JSONCursorTests {
    @Test func `hands out what is asked for and passes over the rest`() throws {
        let answer = #"""
             { "x":{"id":9,"list":["]"]}, "id" : 7 , "list": [ {"s":"a"}, {}, 5, {"s": "b\n\u00e9\ud83d\ude00\/\"", "t":[[]]} ],
            "y":null}
            """#
        var cursor = JSONCursor(Array(answer.utf8))
        var id = ""
        var strings: [String?] = []
        #expect(try cursor.enterObject())
        while try cursor.nextMember() {
            if cursor.isNamed("id") {
                id = string(try cursor.value())
            } else if cursor.isNamed("list") {
                #expect(try cursor.enterArray())
                while try cursor.nextElement() { strings.append(try self.member("s", &cursor)) }
            } else {
                try cursor.skip()
            }
        }
        #expect(id == "7")
        #expect(strings == ["a", nil, nil, "b\né😀/\""])
    }

    @Test func `knows a name however it is spelt`() throws {
        var cursor = JSONCursor(Array(#"{"\u0074e\u0078t":1,"text":2,"te\\xt":3,"text\u0000":4,"te\q":5,"":6}"#.utf8))
        var found: [Bool] = []
        #expect(try cursor.enterObject())
        while try cursor.nextMember() {
            found.append(cursor.isNamed("text"))
            try cursor.skip()
        }
        #expect(found == [true, true, false, false, false, false])
    }

    @Test func `hands out slices of the answer, and strings without their escapes`() throws {
        let answer = Array(#"[ {"a": [1] } ,"plain","es\tcaped",7]"#.utf8)
        var cursor = JSONCursor(answer)
        #expect(try cursor.enterArray())
        #expect(try cursor.nextElement())
        let start = try cursor.start()
        #expect(try cursor.enterObject())
        while try cursor.nextMember() { try cursor.skip() }
        #expect(string(cursor.bytes(from: start)) == #"{"a": [1] }"#)
        #expect(try cursor.nextElement())
        let plain = try #require(try cursor.string())
        #expect(answer[plain.startIndex..<plain.endIndex] == plain)
        #expect(try cursor.nextElement())
        #expect(try cursor.string().map(string) == "es\tcaped")
        #expect(try cursor.nextElement())
        #expect(try cursor.string() == nil)
        #expect(try !cursor.nextElement())
    }

    @Test(arguments: [
        (#"[1,2.50]"#, true), ("[0,0]", false), ("[1]", false), ("[1,2,3]", false), ("[1,null]", false),
        (#"{"":[1,2]}"#, false), ("null", false), ("[[1],[2]]", false), (#"["1","2"]"#, false),
    ])
    func `hands out a vector that can be used, and goes on behind one that cannot`(
        vector: String,
        isUsable: Bool
    ) throws {
        var cursor = JSONCursor(Array("[ \(vector),7]".utf8))
        #expect(try cursor.enterArray())
        #expect(try cursor.nextElement())
        #expect(try cursor.vector(dimension: 2).map(string) == (isUsable ? vector : nil))
        #expect(try cursor.nextElement())
        #expect(try string(cursor.value()) == "7")
    }

    @Test(arguments: [
        "\\u00e9", "\\u00E9", "\\ud83d\\ude00", "\\uD83D\\uDE00", "\\u0000", "\\uffff", "\\b\\f\\n\\r\\t\\/\\\\\\\"",
        "\\ue000",
        "x\\u0041y", "\\u005c\\u0022",
    ])
    func `resolves escapes as others do`(escaped: String) throws {
        let json = "\"\(escaped)\""
        var cursor = JSONCursor(Array(json.utf8))
        let expected = try JSONDecoder().decode(String.self, from: Data(json.utf8))
        #expect(try cursor.string().map { Array($0) } == Array(expected.utf8))
    }

    @Test(arguments: [
        "\\x", "\\u12", "\\u12g4", "\\ud83d", "\\ud83dx", "\\ud83d\\n", "\\ud83d\\u0041", "\\ude00", "\\ud83d\\ud83d",
        "\\U0041",
        "\\u+123",
    ])
    func `calls malformed an escape that is none`(escaped: String) {
        var cursor = JSONCursor(Array("\"\(escaped)\"".utf8))
        #expect(throws: VectorFault.self) { try cursor.string() }
    }

    @Test func `calls malformed a text that is cut short at any byte`() {
        let json = Array(#"{"a":[{"s":"x\n"},[1,2]],"v":[1,2]}"#.utf8)
        for end in json.indices { #expect(throws: VectorFault.self, "\(end)") { try walk(Array(json[..<end])) } }
        #expect(throws: Never.self) { try walk(json) }
    }

    @Test(arguments: [
        #"{,"a":1}"#, #"{"a":1,}"#, #"{"a":1 "b":2}"#, #"{"a":[,1]}"#, #"{"a":[1,]}"#, #"{"a":[{}{}]}"#, #"{"a" 1}"#,
        #"{a:1}"#,
        #"{"a":}"#, #"{"a":[1}}"#,
    ])
    func `calls malformed what is no JSON`(json: String) {
        #expect(throws: VectorFault.self) { try walk(Array(json.utf8)) }
    }

    @Test(arguments: SeededRandom.seeds(10))
    func `survives random bytes`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array(#"{}[]",:\ 01.-eu"av"#.utf8) + [0x00, 0x80, 0xff]
        var ends = 0
        for _ in 0..<500 {
            let noise = (0..<Int.random(in: 0...40, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            do { try walk(Array(#"{"a":["#.utf8) + noise) } catch { ends += 1 }
            do { try walk(noise) } catch { ends += 1 }
        }
        #expect(ends > 0)
    }

    /// Reads all the cursor can read.
    private func walk(_ json: [UInt8]) throws(VectorFault) {
        var cursor = JSONCursor(json)
        guard try cursor.enterObject() else { throw .missing }
        while try cursor.nextMember() {
            if cursor.isNamed("a"), try cursor.start() >= 0 {
                guard try cursor.enterArray() else { continue }
                while try cursor.nextElement() { _ = try member("s", &cursor) }
            } else if cursor.isNamed("v") {
                _ = try cursor.vector(dimension: 2)
            } else {
                _ = try cursor.string()
            }
        }
    }

    /// The member of the object that comes next; nil where it is none, or has none of this name.
    private func member(_ name: StaticString, _ cursor: inout JSONCursor) throws(VectorFault) -> String? {
        var found: String?
        guard try cursor.enterObject() else { return nil }
        while try cursor.nextMember() {
            if cursor.isNamed(name) { found = try cursor.string().map(string) } else { try cursor.skip() }
        }
        return found
    }

    private func string(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
