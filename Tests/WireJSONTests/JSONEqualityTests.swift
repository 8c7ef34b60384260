import Testing
import WireJSON

@Suite
struct JSONEqualityTests {
    private func areEqual(_ left: String, _ right: String, ignoring names: [StaticString] = []) -> Bool {
        let (left, right) = (Array(left.utf8)[...], Array(right.utf8)[...])
        let isEqual = JSONEquality.areEqual(left, right, ignoring: names)
        #expect(JSONEquality.areEqual(right, left, ignoring: names) == isEqual)
        return isEqual
    }

    @Test(arguments: [
        ("1", "1.0"), ("1", "1e0"), ("100", "1E+2"), ("0", "-0"), ("0", "-0.0"), ("0", "0e9"), ("2.50", "25e-1"),
        ("18446744073709551615", "18446744073709551615"), ("-9223372036854775808", "-9223372036854775808"),
        ("-9223372036854775808", "-9223372036854775808.0"), ("9007199254740992", "9007199254740992.0"),
        ("10000000000000000000", "1e19"), ("18446744073709551616", "18446744073709551617"), ("1e22", "1e+22"),
        ("0.1", "0.1000000000000000055511151231257827"), ("5e-324", "4.9406564584124654e-324"), ("1e-999", "0"),
        ("1.7976931348623157e308", "17976931348623157e292"),
    ])
    func `takes numbers by their value`(left: String, right: String) {
        #expect(areEqual(left, right))
        #expect(areEqual("[\(left)]", "[ \(right) ]"))
    }

    @Test(arguments: [
        ("1", "2"), ("1", "-1"), ("9007199254740993", "9007199254740992"), ("9007199254740993", "9007199254740993.0"),
        ("18446744073709551615", "18446744073709551616"), ("18446744073709551615", "18446744073709551614"),
        ("-9223372036854775807", "-9223372036854775808"), ("0.1", "0.10000000000000003"), ("1", "\"1\""), ("1", "true"),
        ("0", "false"), ("0", "null"), ("0.5", "-0.5"), ("1e300", "-1e300"), ("5e-324", "0"),
    ])
    func `tells numbers apart that are not the same`(left: String, right: String) {
        #expect(!areEqual(left, right))
        #expect(!areEqual("{\"a\":\(left)}", "{\"a\":\(right)}"))
    }

    @Test(arguments: [
        ("1e400", "1e400"), ("-1e999", "-1e999"), ("01", "01"), ("1.", "1."), ("-", "-"), ("NaN", "NaN"),
        ("nul", "nul"),
        ("nulll", "nulll"), ("\"\\x\"", "\"\\x\""), ("\"\\ud800\"", "\"\\ud800\""), ("\"\n\"", "\"\n\""), ("", ""),
        (" ", " "),
        ("1 1", "1 1"), ("[1,]", "[1,]"), ("[1 2]", "[1 2]"), ("{\"a\":1,}", "{\"a\":1,}"), ("{\"a\"}", "{\"a\"}"),
        ("{1:1}", "{1:1}"), ("[1}", "[1}"), ("{\"a\":1]", "{\"a\":1]"), ("[", "["), ("\"", "\""), ("]]", "]]"),
        ("{]", "{]"),
        ("[}", "[}"),
    ])
    func `takes what is no JSON for equal to nothing, itself included`(left: String, right: String) {
        #expect(!areEqual(left, right))
        #expect(!areEqual("[\(left)", "[\(right)"))
    }

    @Test func `takes strings by their bytes, escapes resolved`() {
        #expect(areEqual(#""a\/\u00e9\ud83d\uDE00\n""#, "\"a/é😀\\u000a\""))
        #expect(areEqual(#"{"\u0061":1}"#, #"{"a":1}"#))
        #expect(!areEqual("\"\u{e9}\"", "\"e\u{301}\""))
        #expect(!areEqual("{\"\u{e9}\":1}", "{\"e\u{301}\":1}"))
        #expect(!areEqual("\"a\"", "\"a\\u0000\""))
        #expect(!areEqual("\"\"", "null"))
    }

    @Test func `minds no order of members, but that of elements`() {
        #expect(areEqual(#"{"a":1,"b":{"d":[],"c":{}},"":2}"#, #" { "":2 , "b" : {"c":{},"d":[ ]} ,"a":1}"#))
        #expect(!areEqual("[1,2]", "[2,1]"))
        #expect(!areEqual("[]", "{}"))
        #expect(!areEqual("[[]]", "[]"))
        #expect(!areEqual("[[1],2]", "[[1,2]]"))
        #expect(!areEqual(#"{"a":{"b":1}}"#, #"{"a":{},"b":1}"#))
        #expect(!areEqual(#"{"a":1}"#, #"{"a":1,"b":1}"#))
        #expect(!areEqual(#"{"a":"b"}"#, #"{"b":"a"}"#))
    }

    @Test func `lets the last of several members of one name count`() {
        #expect(areEqual(#"{"a":1,"b":3,"a":2}"#, #"{"b":3,"a":2}"#))
        #expect(areEqual(#"[{"a":[1],"\u0061":{}}]"#, #"[{"a":{}}]"#))
        #expect(!areEqual(#"{"a":1,"a":2}"#, #"{"a":1}"#))
    }

    @Test func `passes over ignored members of the outermost object only`() {
        let names: [StaticString] = ["x", "_y"]
        #expect(areEqual(#"{"x":1,"a":2,"_y":[{"x":3}]}"#, #"{"a":2}"#, ignoring: names))
        #expect(areEqual(#"{"x":1}"#, #"{"\u0078":2}"#, ignoring: names))
        #expect(!areEqual(#"{"a":{"x":1}}"#, #"{"a":{}}"#, ignoring: names))
        #expect(!areEqual(#"[{"x":1}]"#, #"[{}]"#, ignoring: names))
        #expect(!areEqual(#"{"xx":1}"#, #"{}"#, ignoring: names))
        #expect(!areEqual(#"{"x":1e400}"#, #"{}"#, ignoring: names))
    }

    @Test func `compares a slice from where it begins`() {
        let bytes = Array(#"junk{"a":1}[2]"#.utf8)
        #expect(JSONEquality.areEqual(bytes[4..<11], Array(#"{"a":1.0}"#.utf8)[...]))
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `refuses what is nested deeper than it looks`(open: String) {
        let close = open == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        #expect(areEqual(nested(512), nested(512)))
        #expect(!areEqual(nested(512), nested(511)))
        #expect(!areEqual(nested(513), nested(513)))
        #expect(!areEqual(nested(200_000), nested(200_000)))
    }
}

@Suite
struct NeighbouringDoublesTests {
    private func equal(_ left: String, _ right: String) -> Bool {
        JSONEquality.areEqual(Array(left.utf8)[...], Array(right.utf8)[...])
    }

    @Test(arguments: [0.1, 0.8734512345678901, 1e300, -2.5e-300, 123456.789])
    func `doubles that are next to each other are the same, further ones are not`(value: Double) {
        for neighbour in [value.nextUp, value.nextDown] {
            #expect(equal(#"{"a":[1,\#(value)],"b":"x"}"#, #"{"b":"x","a":[1,\#(neighbour)]}"#))
        }
        #expect(!equal("[\(value)]", "[\(value.nextUp.nextUp)]"))
    }

    @Test func `nothing else may be nearly the same`() {
        #expect(!equal(#"{"a":0.1,"b":1}"#, #"{"a":0.1,"b":2}"#))
        #expect(!equal(#"{"a":0.1,"b":"x"}"#, #"{"a":0.1,"b":"y"}"#))
        #expect(!equal(#"{"a":0.1}"#, #"{"b":0.1}"#))
        #expect(!equal("[0.1,true]", "[0.1,null]"))
    }
}
