import TestSupport
import Testing

@testable import Pipeline

@Suite
struct WindowTests {
    @Test func `moves the mark only over a finished prefix`() {
        var window = Window<String>(capacity: 3)
        let tickets = ["a", "b", "c"].map { window.admit(end: Position($0)) }

        #expect(window.finish(tickets[2], with: "third").isEmpty)
        #expect(window.finish(tickets[0], with: "first").map(\.end.token) == ["a"])
        let rest = window.finish(tickets[1], with: "second")
        #expect(rest.map(\.end.token) == ["b", "c"])
        #expect(rest.map(\.result) == ["second", "third"])
        #expect(window.isEmpty)
    }

    @Test func `keeps the place of a finished chunk that waits for an older one`() {
        var window = Window<Int>(capacity: 2)
        let oldest = window.admit(end: Position("a"))
        let second = window.admit(end: Position("b"))
        #expect(!window.hasRoom)

        _ = window.finish(second, with: 2)
        #expect(!window.hasRoom)
        #expect(window.count == 2)

        _ = window.finish(oldest, with: 1)
        #expect(window.hasRoom)
        #expect(window.count == 0)
    }

    @Test(arguments: SeededRandom.seeds(20))
    func `agrees with a model in any order of finishing`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let total = 200
        var window = Window<Int>(capacity: Int.random(in: 1...9, using: &random))
        var inFlight: [(number: Int, ticket: Window<Int>.Ticket)] = []
        var finished: Set<Int> = []
        var admitted = 0
        var mark = 0

        while mark < total {
            // The model: what is not yet below the mark has a place.
            #expect(window.count == admitted - mark)
            #expect(window.hasRoom == (admitted - mark < window.capacity))
            if window.hasRoom, admitted < total, Bool.random(using: &random) || inFlight.isEmpty {
                inFlight.append((admitted, window.admit(end: Position("\(admitted)"))))
                admitted += 1
            } else if let index = inFlight.indices.randomElement(using: &random) {
                let (number, ticket) = inFlight.remove(at: index)
                finished.insert(number)
                let start = mark
                while finished.contains(mark) { mark += 1 }
                let done = window.finish(ticket, with: number)
                #expect(done.map(\.result) == Array(start..<mark))
                #expect(done.map(\.end.token) == (start..<mark).map(String.init))
            }
        }
        #expect(window.isEmpty)
    }

    @Test func `has room for bytes until they are used up, and again when chunks finish`() {
        var window = Window<Int>(capacity: 5, byteCapacity: 100)
        let oldest = window.admit(end: Position("a"), bytes: 60)
        #expect(window.hasRoom(for: 40))
        #expect(!window.hasRoom(for: 41))
        let second = window.admit(end: Position("b"), bytes: 40)
        #expect(!window.hasRoom)

        // It keeps its place, but its bytes are gone.
        _ = window.finish(second, with: 2)
        #expect(window.count == 2)
        #expect(window.hasRoom(for: 40))
        #expect(!window.hasRoom(for: 41))
        _ = window.finish(oldest, with: 1)
        #expect(window.hasRoom(for: 100))
    }

    @Test func `has room for a chunk beyond all bytes when no other is unfinished`() {
        var window = Window<Int>(capacity: 5, byteCapacity: 100)
        let small = window.admit(end: Position("a"), bytes: 1)
        #expect(!window.hasRoom(for: 1_000))
        _ = window.finish(small, with: 1)
        let large = window.admit(end: Position("b"), bytes: 1_000)
        #expect(!window.hasRoom)
        _ = window.finish(large, with: 2)
        #expect(window.isEmpty && window.hasRoom)
    }

    @Test func `traps when a chunk is admitted without room`() async {
        await #expect(processExitsWith: .failure) {
            var window = Window<Int>(capacity: 1)
            _ = window.admit(end: Position("a"))
            _ = window.admit(end: Position("b"))
        }
    }
}
