import CurlHTTP
import Foundation
import Testing

@Suite struct RedactionTests {
    @Test(arguments: [
        "Bearer k3y/+", "api-key: k3y/+; x", #"{"api-key":"k3y\/+"}"#, Data("k3y/+".utf8).base64EncodedString(),
    ])
    func `hides a key as it is, escaped and in base64`(text: String) {
        let hidden = Redaction(urls: [nil], secrets: ["k3y/+", nil])(text)
        #expect(!hidden.contains("k3y"))
        #expect(hidden.contains("***"))
        #expect(!hidden.contains("azN5LysK") && !hidden.contains(Data("k3y/+".utf8).base64EncodedString().prefix(6)))
    }

    @Test func `hides the credentials of a URL as they stand there, decoded and as they are sent`() {
        let redaction = Redaction(urls: ["http://me%20:p%40ss@host:1/path@x", "https://t0ken@host"])
        let sent = Data("me :p@ss".utf8).base64EncodedString()
        for text in ["me%20:p%40ss", "p%40ss", "p@ss", "me :p@ss", "Basic \(sent)", "t0ken"] {
            let hidden = redaction("told \(text) here")
            for secret in ["p%40ss", "p@ss", "t0ken", String(sent.dropLast(2))] { #expect(!hidden.contains(secret)) }
        }
        #expect(redaction("host:1 has no path@x") == "host:1 has no path@x")
    }

    @Test func `hides the longer of two secrets of which one begins the other`() {
        #expect(Redaction(urls: [], secrets: ["abc", "abcdef"])("abcdef") == "***")
    }

    @Test func `leaves everything as it is where nothing is secret`() {
        #expect(Redaction(urls: ["http://localhost:1", nil], secrets: [nil, ""])("a : b") == "a : b")
    }
}
