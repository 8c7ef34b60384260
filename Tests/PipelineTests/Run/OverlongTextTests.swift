import Pipeline
import TestSupport
import Testing
import Threading

/// Texts that do not fit the model's context.
@Suite(.timeLimit(.minutes(5)))
struct OverlongTextTests {
    /// Characters of one to four bytes.
    private static let long = String(repeating: "aé€😀", count: 40)

    private func engine(_ embedder: FakeEmbedder, text: String = long, at place: Int = 5) -> EngineFixture {
        var engine = EngineFixture(
            source: ScriptedRowSource(count: 8, row: { .sample($0, text: $0 == place ? text : "text of row \($0)") })
        )
        engine.embedders = [embedder]
        engine.options.requestTexts = 8
        return engine
    }

    @Test(arguments: 20..<60)
    func `shortens one until it fits, at a character, and marks its point`(context: Int) async throws {
        let engine = engine(FakeEmbedder(contextBytes: context))
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.truncated == 1)
        #expect(summary.tally.embedded == 8 && summary.tally.upserted == 8)

        let point = try #require(engine.sink.content[.integer(5)]).point
        #expect(point.isTruncated)
        #expect(point.row.text.string == Self.long)
        let embedded = try #require(engine.embedders[0].timesEmbedded.keys.first { !$0.hasPrefix("text") })
        #expect(point.vector.json == FakeEmbedder.vector(of: Array(embedded.utf8)[...]).json)
        // `timesEmbedded` repairs what is no UTF-8, and a repaired text is no prefix.
        #expect(Self.long.utf8.starts(with: embedded.utf8))
        #expect(embedded.utf8.count <= context)
        #expect(embedded.utf8.count > context * 3 / 4 - 4)
        #expect(engine.sink.content.values.filter(\.point.isTruncated).count == 1)
        #expect(engine.sink.content.count == 8)
    }

    @Test func `never sends a part of a character`() async {
        let broken = Level()
        let embedder = FakeEmbedder(contextBytes: 13) { _, texts throws(PipelineError) in
            for text in texts where String(validating: text, as: UTF8.self) == nil { broken.change(by: 1) }
        }
        _ = await engine(embedder).run()
        #expect(broken.value == 0)
    }

    @Test func `is rejected when told so`() async {
        var engine = engine(FakeEmbedder(contextBytes: 30))
        engine.options.overlong = .reject
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(summary.tally.truncated == 0 && summary.tally.rejected == 1)
        #expect(engine.journal.rejections.map(\.key) == ["5"])
        #expect(engine.journal.rejections[0].reason.contains("context"))
        #expect(engine.storedRows == [0, 1, 2, 3, 4, 6, 7])
    }

    @Test func `is rejected when no length of it fits`() async {
        let embedder = FakeEmbedder { _, texts throws(PipelineError) in
            if texts.contains(where: { !$0.string.hasPrefix("text") }) {
                throw PipelineError(.row(.overlong), "the text does not fit the model's context")
            }
        }
        let summary = await engine(embedder).run()
        #expect(summary.tally.rejected == 1 && summary.tally.truncated == 0)
        #expect(embedder.requests < 40)
    }

    @Test func `is rejected when its short form cannot be embedded either`() async {
        let embedder = FakeEmbedder { _, texts throws(PipelineError) in
            guard let text = texts.first(where: { !$0.string.hasPrefix("text") }) else { return }
            if text.count < 100 { throw PipelineError(.row(.unembeddable), "the embedding is all zero") }
            throw PipelineError(.row(.overlong), "the text does not fit the model's context")
        }
        let engine = engine(embedder)
        let summary = await engine.run()
        #expect(summary.tally.rejected == 1 && summary.tally.truncated == 0)
        #expect(engine.journal.rejections.map(\.reason) == ["the embedding is all zero"])
    }

    @Test func `is shortened on while the server is away now and then`() async {
        let embedder = FakeEmbedder(contextBytes: 30) { call, _ throws(PipelineError) in
            if call % 2 == 0 { throw .unavailable() }
        }
        let engine = engine(embedder)
        let summary = await engine.run()
        #expect(summary.tally.truncated == 1 && summary.tally.rejected == 0)
        #expect(engine.sink.content.count == 8)
    }

    @Test(arguments: ["😀", "😀a", "  xxxxxxxxx", "漢"])
    func `never sends a blank text`(text: String) async {
        let blank = Level()
        let embedder = FakeEmbedder { _, texts throws(PipelineError) in
            for text in texts where text.string.allSatisfy(\.isWhitespace) { blank.change(by: 1) }
            throw PipelineError(.row(.overlong), "the text does not fit the model's context")
        }
        var engine = EngineFixture(source: ScriptedRowSource(count: 1, row: { .sample($0, text: text) }))
        engine.embedders = [embedder]
        _ = await engine.run()
        #expect(blank.value == 0)
    }
}
