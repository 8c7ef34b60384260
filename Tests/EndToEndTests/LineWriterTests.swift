import Foundation
import TestSupport
import Testing

@testable import pattern_sync

@Suite("The writer of lines", .timeLimit(.minutes(5)))
struct LineWriterTests {
    @Test func `tells how many lines are missing where they are missing, once it is read again`() throws {
        let pipe = try StreamPipe(isFull: true)
        let writer = LineWriter(descriptor: pipe.writeEnd.fileDescriptor, capacity: 100)
        writer.tellDropped { "\($0) are missing\n" }
        // One line is in the thread's hand, or about to be; of ten bytes each, ten more fit.
        writer.write("the first\n")
        while writer.flush(atMost: .milliseconds(1)) {}
        for number in 10..<60 { writer.write("line   \(number)\n") }
        #expect(!writer.flush(atMost: .milliseconds(50)))
        let reader = try pipe.read(until: "missing\n")
        let lines = reader.split(separator: "\n").map(String.init)
        #expect(lines.first == "the first")
        let told = lines.dropFirst().dropLast()
        #expect(told.elementsEqual((10..<10 + told.count).map { "line   \($0)" }))
        #expect(lines.last == "\(50 - told.count) are missing")
        #expect((9...10).contains(told.count))
        writer.write("after all\n")
        #expect(writer.flush(atMost: .seconds(20)))
    }

    @Test func `keeps the status line below the lines`() throws {
        let pipe = try StreamPipe()
        let writer = LineWriter(descriptor: pipe.writeEnd.fileDescriptor)
        writer.show(status: "half")
        #expect(writer.flush(atMost: .seconds(20)))
        writer.write("told\n")
        #expect(writer.flush(atMost: .seconds(20)))
        writer.show(status: "")
        #expect(writer.flush(atMost: .seconds(20)))
        let clear = "\r\u{1b}[K"
        #expect(try pipe.readToEnd() == clear + "half" + clear + "told\nhalf" + clear)
    }

    @Test func `goes on when nobody can read any more`() throws {
        let pipe = try StreamPipe()
        try pipe.closeReadEnd()
        signal(SIGPIPE, SIG_IGN)
        let writer = LineWriter(descriptor: pipe.writeEnd.fileDescriptor)
        for _ in 0..<100 { writer.write("lost\n") }
        #expect(writer.flush(atMost: .seconds(20)))
    }
}
