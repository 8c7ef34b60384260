import Pipeline
import Qdrant
import TestSupport
import Testing

@Suite("A stored payload")
struct AgreementTests {
    private let payload = #"{"b": [1, 2.50, {"y": null, "x": "é"}], "a": 18446744073709551615, "c": -0.0, "d": {}}"#

    @Test(arguments: [
        #"{"text":"t","a":18446744073709551615,"b":[1,2.5,{"x":"\u00e9","y":null}],"c":0,"d":{}}"#,
        #"{"sync_timestamp":"x","_sync":[7],"d":{ },"c":0.0,"b":[1.0,25e-1,{"y":null,"x":"é"}],"a":18446744073709551615,"text":"\u0074"}"#,
    ])
    func `agrees with its row however it is written`(stored: String) async throws {
        let agrees = try await agrees(stored)
        #expect(agrees)
    }

    @Test(arguments: [
        #"{"text":"t","a":18446744073709551614,"b":[1,2.5,{"x":"é","y":null}],"c":0,"d":{}}"#,
        #"{"text":"T","a":18446744073709551615,"b":[1,2.5,{"x":"é","y":null}],"c":0,"d":{}}"#,
        #"{"a":18446744073709551615,"b":[1,2.5,{"x":"é","y":null}],"c":0,"d":{}}"#,
        #"{"text":"t","a":18446744073709551615,"b":[1,2.5,{"x":"é"}],"c":0,"d":{}}"#,
        #"{"text":"t","a":18446744073709551615,"b":[2.5,1,{"x":"é","y":null}],"c":0,"d":{}}"#,
        #"{"text":"t","a":18446744073709551615,"b":[1,2.5,{"x":"e\u0301","y":null}],"c":0,"d":{}}"#,
        #"{"text":"t","a":18446744073709551615,"b":[1,2.5,{"x":"é","y":null}],"c":0,"d":{},"e":1}"#,
        #"{"text":"t","a":18446744073709551615,"b":[1,2.5,{"x":"é","y":null}],"c":false,"d":{}}"#,
        #"{"text":"t","a":18446744073709551615,"b":[1,2.5,{"x":"é","y":null}],"c":0,"d":[]}"#,
        "{}",
    ])
    func `does not agree where a value differs`(stored: String) async throws {
        let agrees = try await agrees(stored)
        #expect(!agrees)
    }

    @Test func `agrees with the row that the sync stored it for, under each kind of key`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let points = [
                point(.integer(1), text: "a \"b\"\n\u{1}👍", payload: payload),
                point(.uuid("0b5a1c1e-0000-4000-8000-000000000001"), payload: " { } "),
                point(.text("k/\"1\""), payload: "{\"a\":[[[]]]\n}"),
            ]
            let sink = fixture.sink()
            _ = try await sink.upsert(points)
            let found = try await sink.points(of: points.map(\.row.key), .payloads)
            for point in points {
                let stored = try #require(found[point.row.key])
                #expect(sink.agrees(stored, with: point.row))
                var other = point.row
                other.text = Array("other".utf8)[...]
                #expect(!sink.agrees(stored, with: other))
            }
        }
    }

    @Test func `that was not brought along agrees with nothing`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let row = point(.integer(1))
            _ = try await fixture.sink().upsert([row])
            let found = try await fixture.sink().points(of: [.integer(1)], .marks)
            let stored = try #require(found[.integer(1)])
            #expect(!fixture.sink().agrees(stored, with: row.row))
        }
    }

    /// Whether the payload, stored past the sync, agrees with the row of the text `t` and `payload`.
    private func agrees(_ stored: String) async throws -> Bool {
        var agrees = false
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            try await fixture.store(#"{"id":1,"vector":[1,0,0],"payload":\#(stored)}"#)
            let found = try await fixture.sink().points(of: [.integer(1)], .payloads)
            let row = point(.integer(1), text: "t", payload: payload).row
            agrees = fixture.sink().agrees(try #require(found[.integer(1)]), with: row)
        }
        return agrees
    }
}
