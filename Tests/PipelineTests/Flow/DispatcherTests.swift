import TestSupport
import Testing

@testable import Pipeline

@Suite
struct DispatcherTests {
    private func dispatcher(
        _ servers: Int = 1,
        concurrency: Int = 100,
        texts: Tuning = 16,
        bytes: Int = .max
    ) -> Dispatcher {
        let states = (0..<servers).map {
            EndpointState(Endpoint(FakeEmbedder("\($0)"), limit: .fixed(concurrency)), texts: texts)
        }
        return Dispatcher(states, requestBytes: bytes)
    }

    private func all(_ dispatcher: inout Dispatcher) -> [Dispatcher.Assignment] {
        var all: [Dispatcher.Assignment] = []
        while let next = dispatcher.next(at: .zero) { all.append(next) }
        return all
    }

    @Test(arguments: [(100, 16), (17, 4), (9, 8), (64, 16), (1, 1), (7, 3)])
    func `cuts texts into as few requests as can be, and evenly`(texts: Int, most: Int) {
        var dispatcher = dispatcher(texts: .fixed(most))
        _ = dispatcher.add(Array(repeating: 10, count: texts), isDivisible: true)
        let counts = all(&dispatcher).map(\.texts.count)
        #expect(counts.count == (texts + most - 1) / most)
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(counts)")
    }

    @Test(arguments: SeededRandom.seeds(20))
    func `covers all texts in order within both bounds`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let sizes = (0..<Int.random(in: 1...150, using: &random)).map { _ in Int.random(in: 0...40, using: &random) }
        let most = Int.random(in: 1...20, using: &random)
        let bytes = Int.random(in: 1...200, using: &random)
        var dispatcher = dispatcher(3, concurrency: 200, texts: .fixed(most), bytes: bytes)
        _ = dispatcher.add(sizes, isDivisible: true)
        let requests = all(&dispatcher)
        #expect(requests.flatMap(\.texts) == Array(sizes.indices))
        #expect(requests.map(\.isLast) == requests.indices.map { $0 == requests.count - 1 })
        for request in requests {
            #expect(!request.texts.isEmpty && request.texts.count <= most)
            #expect(request.texts.count == 1 || sizes[request.texts].reduce(0, +) <= bytes)
        }
    }

    @Test func `sends the oldest first, and what failed of them before younger ones`() throws {
        var dispatcher = dispatcher(concurrency: 1, texts: 2)
        let first = dispatcher.add([1, 1, 1, 1], isDivisible: true)
        let second = dispatcher.add([1, 1], isDivisible: true)
        let next = dispatcher.next(at: .zero)
        let sent = try #require(next)
        #expect(sent.offer == first && dispatcher.next(at: .zero) == nil)
        let again = dispatcher.add([1, 1], isDivisible: false, age: sent.age)
        var order: [Int] = []
        var last = sent
        for second in 1...3 {
            dispatcher.servers[0].answered(last, .answered, at: .seconds(second))
            guard let next = dispatcher.next(at: .seconds(second)) else { break }
            order.append(next.offer)
            last = next
        }
        #expect(order == [first, again, second])
    }

    @Test func `forgets what is left of an offer that is withdrawn`() throws {
        var dispatcher = dispatcher(concurrency: 1, texts: 2)
        let offer = dispatcher.add([1, 1, 1, 1], isDivisible: true)
        let sent = dispatcher.next(at: .zero)
        dispatcher.withdraw(offer)
        let request = try #require(sent)
        dispatcher.servers[0].answered(request, .answered, at: .seconds(1))
        #expect(dispatcher.next(at: .seconds(1)) == nil)
    }

    @Test func `sends whole what may not be cut`() {
        var dispatcher = dispatcher(texts: 2, bytes: 5)
        _ = dispatcher.add([9, 9, 9], isDivisible: false)
        #expect(all(&dispatcher).map(\.texts) == [0..<3])
    }

    @Test func `cuts the last texts smaller where the number of texts is free`() {
        var free = dispatcher(2, concurrency: 2, texts: .automatic)
        free.expectsMore = false
        _ = free.add(Array(repeating: 1, count: 20), isDivisible: true)
        let counts = all(&free).map(\.texts.count)
        #expect(counts.count == 4 && counts.allSatisfy { $0 < 5 }, "\(counts)")
        var fixed = dispatcher(2, concurrency: 2, texts: 16)
        fixed.expectsMore = false
        _ = fixed.add(Array(repeating: 1, count: 20), isDivisible: true)
        #expect(all(&fixed).map(\.texts.count) == [10, 10])
    }
}
