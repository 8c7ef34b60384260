internal import Threading

/// Counts what a server does.
final class StatisticsRecorder: Sendable {
    private struct State {
        var statistics = ServerStatistics()
        var concurrent = 0
        /// By a hash of the text: the texts themselves would be the larger part of the memory.
        var embeds: [UInt64: Int] = [:]
    }

    private let state = Locked(State())

    var statistics: ServerStatistics { state.withLock { $0.statistics } }

    var requestsUnderWay: Int { state.withLock { $0.concurrent } }

    func reset() {
        state.withLock { $0 = State(concurrent: $0.concurrent) }
    }

    func began(route: String, bodyBytes: Int) {
        state.withLock { state in
            state.concurrent += 1
            state.statistics.requests += 1
            state.statistics.requestsByRoute[route, default: 0] += 1
            state.statistics.maxConcurrentRequests = max(state.statistics.maxConcurrentRequests, state.concurrent)
            state.statistics.largestBodyBytes = max(state.statistics.largestBodyBytes, bodyBytes)
        }
    }

    func ended() {
        state.withLock { $0.concurrent -= 1 }
    }

    func receivedEmbedRequest(texts: [[UInt8]]) {
        let bytes = texts.reduce(0) { $0 + $1.count }
        state.withLock { state in
            state.statistics.embedRequests += 1
            state.statistics.largestEmbedRequestTexts = max(state.statistics.largestEmbedRequestTexts, texts.count)
            state.statistics.largestEmbedRequestBytes = max(state.statistics.largestEmbedRequestBytes, bytes)
        }
    }

    func embedded(_ texts: [[UInt8]]) {
        let hashes = texts.map { StableHash.of($0) }
        state.withLock { state in
            state.statistics.textsEmbedded += hashes.count
            for hash in hashes {
                let count = state.embeds[hash, default: 0] + 1
                state.embeds[hash] = count
                state.statistics.mostEmbedsOfOneText = max(state.statistics.mostEmbedsOfOneText, count)
            }
            state.statistics.distinctTexts = state.embeds.count
        }
    }

    /// How often this very text was embedded.
    func embeds(of text: [UInt8]) -> Int {
        let hash = StableHash.of(text)
        return state.withLock { $0.embeds[hash, default: 0] }
    }

    func upserted(_ points: Int) {
        state.withLock { state in
            state.statistics.upsertRequests += 1
            state.statistics.pointsUpserted += points
            state.statistics.largestUpsertPoints = max(state.statistics.largestUpsertPoints, points)
        }
    }
}
