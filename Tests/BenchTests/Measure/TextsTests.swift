import Pipeline
import TestSupport
import Testing

@testable import Bench

@Suite struct `Texts` {
    private func bytes(_ text: String) -> Bytes { Array(text.utf8)[...] }

    @Test func `that are built in are the same each time, and all different`() {
        let texts = BuiltInTexts.texts(200)
        #expect(texts == BuiltInTexts.texts(200))
        #expect(Array(BuiltInTexts.texts(500).prefix(200)) == texts)
        #expect(Set(texts.map(\.string)).count == 200)
        let sample = BenchReport.TextSample(texts, origin: .builtIn)
        #expect((500...1_500).contains(sample.meanBytes), "\(sample)")
        #expect(Double(sample.p95Bytes) > 2 * sample.meanBytes, "\(sample)")
    }

    @Test func `are told by their sizes`() {
        let texts = (1...100).map { bytes(String(repeating: "x", count: $0)) }
        let sample = BenchReport.TextSample(texts.reversed(), origin: .table)
        #expect(sample == .init(origin: .table, count: 100, meanBytes: 50.5, p95Bytes: 95))
        #expect(BenchReport.TextSample([], origin: .table).p95Bytes == 0)
    }

    @Test func `of a table are the same whatever the order of its rows`() {
        var (forwards, backwards) = (KeySample(capacity: 50), KeySample(capacity: 50))
        for number in 0..<10_000 {
            forwards.add(.integer(UInt64(number)))
            backwards.add(.integer(UInt64(9_999 - number)))
        }
        #expect(forwards.keys == backwards.keys)
        #expect(forwards.keys.count == 50)
        let numbers = forwards.keys.compactMap { UInt64($0.description) }
        #expect(numbers != numbers.sorted())
        // Of all of the table, not of one end of it.
        #expect(numbers.contains { $0 < 2_500 } && numbers.contains { $0 > 7_500 })
    }

    @Test func `that are too long are shortened, in their places`() async throws {
        let fake = FakeEmbedder(contextBytes: 100)
        let sample = (1...40).map { bytes(String(repeating: "\($0 % 10)", count: $0 == 7 || $0 == 20 ? 300 : 90)) }
        let fitting = try await FittingTexts(sample, contextLength: 120, embedder: FakeMeteredEmbedder(fake: fake))
        #expect(fitting.shortened == 2)
        #expect(fitting.leftOut == 0)
        #expect(fitting.texts.map(\.first) == sample.map(\.first))
        #expect(fitting.texts.allSatisfy { $0.count <= 100 })
    }

    @Test func `that are surely short enough are not tried`() async throws {
        let fake = FakeEmbedder()
        let sample = (1...40).map { bytes("text \($0)") }
        let fitting = try await FittingTexts(sample, contextLength: 2_048, embedder: FakeMeteredEmbedder(fake: fake))
        #expect(fitting.texts == sample)
        #expect(fake.requests == 0)
    }

    @Test func `that cannot be embedded are left out`() async throws {
        let fake = FakeEmbedder { _, texts throws(PipelineError) in
            if texts.contains(where: { $0.string.contains("poison") }) {
                throw PipelineError(.row(.unembeddable), "NaN")
            }
        }
        let sample = (1...20).map { bytes(($0 == 5 ? "poison" : "harmless") + String(repeating: "x", count: 600)) }
        let fitting = try await FittingTexts(sample, contextLength: nil, embedder: FakeMeteredEmbedder(fake: fake))
        #expect(fitting.leftOut == 1)
        #expect(fitting.texts.count == 19)
    }

    @Test func `are not to blame for a server`() async throws {
        let fake = FakeEmbedder { _, _ throws(PipelineError) in throw .unavailable() }
        let sample = [bytes(String(repeating: "x", count: 600))]
        await #expect(throws: PipelineError.unavailable()) {
            _ = try await FittingTexts(sample, contextLength: nil, embedder: FakeMeteredEmbedder(fake: fake))
        }
    }
}
