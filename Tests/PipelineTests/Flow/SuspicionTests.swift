import TestSupport
import Testing

@testable import Pipeline

@Suite
struct SuspicionTests {
    /// After which failure a request of so many items is found out, by whether the server was well before each.
    private func conviction(of count: Int, _ isWell: [Bool]) -> Int? {
        var suspicion = Suspicion(of: count)
        return isWell.indices.first { suspicion.failed(while: isWell[$0] ? .strong : .none) }.map { $0 + 1 }
    }

    @Test(arguments: [(2, 6), (16, 6), (1, 8)])
    func `is sure after so many failures of a server that is well otherwise`(count: Int, failures: Int) {
        #expect(conviction(of: count, Array(repeating: true, count: 20)) == failures)
    }

    @Test(arguments: [1, 2, 16])
    func `never falls on a request while nothing shows that the server is well`(count: Int) {
        #expect(conviction(of: count, Array(repeating: false, count: 1_000)) == nil)
    }

    @Test func `does not count what it fails while the server was not well`() {
        #expect(conviction(of: 2, [true, true, true, true, false, false, true, true]) == 8)
    }

    @Test func `keeps the servers apart: one that is down says nothing of the others`() {
        var suspicion = Suspicion(of: 2)
        for _ in 0..<3 { _ = suspicion.failed(at: 0, while: .none) }
        var convictions: [Bool] = []
        for _ in 1...3 {
            convictions.append(suspicion.failed(at: 1, while: .none))
            convictions.append(suspicion.failed(at: 0, while: .strong))
        }
        #expect(convictions == [false, false, false, false, false, true])
    }

    @Test func `is raised by the third failure`() {
        var suspicion = Suspicion(of: 1)
        for failures in 0...5 {
            #expect(suspicion.isRaised == (failures >= 3))
            _ = suspicion.failed(while: .none)
        }
    }

    @Test func `says how often the request failed, meanwhile what, and with which words`() {
        var suspicion = Suspicion(of: 1)
        for _ in 0..<8 { _ = suspicion.failed(while: .strong) }
        let error = suspicion.conviction(.unembeddable, .unavailable(), while: "the server embedded other texts")
        #expect(error.rowFault == .unembeddable)
        #expect(error.message == "failed 8 times while the server embedded other texts: connection refused")
    }

    /// The server answers each request, this one and those that show how it is, by chance alone.
    @Test(arguments: [0.05, 0.25, 0.5, 0.9])
    func `practically never falls on a request that fails by chance`(share: Double) {
        var random = SeededRandom(seed: 11)
        var convictions = 0
        for _ in 0..<20_000 {
            var suspicion = Suspicion(of: 1)
            var isWell = false
            while Double.random(in: 0..<1, using: &random) < share {
                if suspicion.failed(while: isWell ? .strong : .none) {
                    convictions += 1
                    break
                }
                isWell = (0..<Suspicion.proof).allSatisfy { _ in Double.random(in: 0..<1, using: &random) >= share }
            }
        }
        #expect(convictions == 0)
    }
}
