public import Pipeline

/// Makes a sample fit its model: what is too long for it is shortened, as a sync does, and what it cannot embed is left
/// out, so that one text does not fail the requests of all measurements.
public struct FittingTexts: Sendable {
    /// In the order of the sample.
    public var texts: [Bytes] { kept.compactMap(\.self) }
    public private(set) var shortened = 0
    public private(set) var leftOut = 0

    /// Of each text of the sample, what is embedded of it; nil for nothing.
    private var kept: [Bytes?]
    private let embedder: any MeteredEmbedder

    /// Texts that are tried together.
    private static let together = 16
    /// For one request, which may have to wait for the model.
    private static let deadline = Duration.seconds(300)

    /// - Parameters:
    ///   - contextLength: of the model, in tokens; nil where it is not known, and 512 are supposed, which the smallest
    ///     models have. A token is a byte at least, so that texts of fewer bytes need not be tried.
    /// - Throws: what is not the texts' fault.
    public init(
        _ sample: [Bytes],
        contextLength: Int?,
        embedder: any MeteredEmbedder
    ) async throws(PipelineError) {
        self.embedder = embedder
        kept = sample
        // A few tokens frame each text, and a prefix may stand before it.
        let harmless = max((contextLength ?? 512) - 64, 1)
        let doubtful = sample.indices.filter { sample[$0].count > harmless }
        for start in stride(from: 0, to: doubtful.count, by: Self.together) {
            try await tryOut(doubtful[start..<min(start + Self.together, doubtful.count)])
        }
    }

    /// Embeds these of the texts; halves them until one that is at fault stands alone.
    private mutating func tryOut(_ some: ArraySlice<Int>) async throws(PipelineError) {
        guard let fault = try await fault(of: some.compactMap { kept[$0] }) else { return }
        if some.count > 1 {
            let middle = some.startIndex + some.count / 2
            try await tryOut(some[..<middle])
            try await tryOut(some[middle...])
        } else if let index = some.first {
            try await shorten(index, after: fault)
        }
    }

    /// Cuts off a quarter at a time until the text fits.
    private mutating func shorten(_ index: Int, after fault: PipelineError.RowFault) async throws(PipelineError) {
        var fault = PipelineError.RowFault?.some(fault)
        while fault == .overlong, let text = kept[index] {
            let shorter = text.prefixOfWholeCharacters(text.count * 3 / 4)
            // A vector of nothing would say nothing.
            guard shorter.contains(where: { $0 > UInt8(ascii: " ") }) else { break }
            kept[index] = shorter
            fault = try await self.fault(of: [shorter])
        }
        if fault == nil {
            shortened += 1
        } else {
            kept[index] = nil
            leftOut += 1
        }
    }

    /// What is wrong with one of the texts; nil when nothing is.
    private func fault(of texts: [Bytes]) async throws(PipelineError) -> PipelineError.RowFault? {
        do throws(PipelineError) {
            _ = try await embedder.embed(texts, within: Self.deadline)
            return nil
        } catch {
            guard let fault = error.rowFault else { throw error }
            return fault
        }
    }
}
