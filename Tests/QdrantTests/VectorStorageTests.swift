import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("The storage of vectors")
struct VectorStorageTests {
    @Test(arguments: [
        (VectorStorage(), "float32", "none", false),
        (
            VectorStorage(datatype: .float32, quantization: VectorStorage.Quantization.none, isOnDisk: false),
            "float32", "none", false
        ),
        (VectorStorage(datatype: .float16), "float16", "none", false),
        (VectorStorage(quantization: .int8), "float32", "int8", false),
        (VectorStorage(datatype: .float16, quantization: .int8, isOnDisk: true), "float16", "int8", true),
    ])
    func `is what the collection was made with`(
        storage: VectorStorage,
        datatype: String,
        quantization: String,
        isOnDisk: Bool
    ) async throws {
        try await withFixture { fixture in
            try await fixture.make(storage)
            let found = try #require(try await fixture.findings()?.storage)
            #expect(found.datatype == datatype)
            #expect(found.quantization == quantization)
            #expect(found.isOnDisk == isOnDisk)
            #expect(storage.differences(from: found) == [])
            #expect(VectorStorage().completed(by: found).differences(from: found) == [])
            let name = try await fixture.generations().create(1, for: fixture.identity, storage, payloadIndexes: [])
            let generation = try await fixture.findings(fixture.client.aimed(at: name))
            #expect(generation?.storage == found)
        }
    }

    @Test func `is asked of Qdrant in its own words`() async throws {
        try await withFixture { fixture in
            try await fixture.make(VectorStorage(datatype: .float16, quantization: .int8, isOnDisk: true))
            let config = try await fixture.ask("GET", "/collections/c")["config"] as? [String: Any]
            let vectors = (config?["params"] as? [String: Any])?["vectors"] as? [String: Any]
            #expect(vectors?["on_disk"] as? Bool == true)
            let scalar = (config?["quantization_config"] as? [String: Any])?["scalar"] as? [String: Any]
            #expect(scalar?["type"] as? String == "int8")
            #expect(scalar?["quantile"] as? Double == 0.99)
            #expect(scalar?["always_ram"] as? Bool == true)
        }
    }

    @Test(arguments: [
        (
            #"{"vectors":{"size":3,"distance":"Cosine"},"quantization_config":{"product":{"compression":"x16"}}}"#,
            "product"
        ),
        (#"{"vectors":{"size":3,"distance":"Cosine","quantization_config":{"binary":{}}}}"#, "binary"),
        (#"{"vectors":{"size":3,"distance":"Cosine","quantization_config":{"scalar":{"type":"int8"}}}}"#, "int8"),
    ])
    func `is told of kinds that others chose`(body: String, kind: String) async throws {
        try await withFixture { fixture in
            try await fixture.ask("PUT", "/collections/c", body)
            let found = try #require(try await fixture.findings()?.storage)
            #expect(found.quantization == kind)
            #expect(VectorStorage().completed(by: found).quantization == VectorStorage.Quantization(rawValue: kind))
        }
    }

    /// Qdrant 1.19 has another word for it, and keeps the old one.
    @Test(arguments: [
        (#""on_disk":true"#, true), (#""on_disk":false"#, false), (#""memory":"cold""#, true),
        (#""memory":"cached""#, false), (#""memory":"cold","on_disk":null"#, true),
    ])
    func `is on disk by either word`(member: String, isOnDisk: Bool) async throws {
        try await withFixture { fixture in
            let body = #"{"vectors":{"size":3,"distance":"Cosine",\#(member)}}"#
            try await fixture.ask("PUT", "/collections/c", body)
            let found = try #require(try await fixture.findings()?.storage)
            #expect(found.isOnDisk == isOnDisk)
        }
    }

    @Test func `differs in what was said, and in nothing else`() async throws {
        try await withFixture { fixture in
            try await fixture.make(VectorStorage(datatype: .float16))
            let found = try #require(try await fixture.findings()?.storage)
            #expect(
                VectorStorage(quantization: .int8).differences(from: found) == [
                    "with quantization none instead of int8"
                ]
            )
            #expect(
                VectorStorage(datatype: .float32, isOnDisk: true).differences(from: found) == [
                    "float16 instead of float32", "in memory instead of on disk",
                ]
            )
            #expect(VectorStorage(isOnDisk: false).differences(from: found) == [])
        }
    }

    @Test func `with fewer bits keeps vectors near enough to what was sent to be known again`() async throws {
        try await withFixture { fixture in
            var random = SeededRandom(seed: 7)
            let numbers = (0..<768).map { _ in Double.random(in: -1...1, using: &random) }
            let sent = vector("[\(numbers.map(\.description).joined(separator: ","))]")
            var identity = fixture.identity
            identity.dimension = 768
            let collection = QdrantCollection(
                client: fixture.client,
                source: "notes",
                identity: identity,
                version: try await fixture.client.version(),
                storage: VectorStorage(datatype: .float16, quantization: .int8)
            )
            try await collection.prepare(runID: "g1")
            let sink = QdrantSink(
                client: fixture.client,
                source: "notes",
                embedder: "f1",
                keyKind: .integer,
                dimension: 768,
                timestamp: { "2026-01-02T03:04:05Z" }
            )
            let json = String(decoding: sent.json, as: UTF8.self)
            _ = try await sink.upsert([point(.integer(1), json)])
            let points = try await sink.points(of: [.integer(1)], .vectors)
            let stored = try #require(points[.integer(1)]?.vector)
            let kept = try JSONDecoder().decode([Double].self, from: Data(stored.json))
            func length(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
            let cosine = zip(numbers, kept).reduce(0) { $0 + $1.0 * $1.1 } / length(numbers) / length(kept)
            #expect(cosine > 0.99999)
            let exact = numbers.map { Float($0 / length(numbers)) }
            #expect(zip(exact, kept).contains { abs(Double($0) - $1) > 1e-6 })
            let isNearest = try await NeighbourCheck(client: fixture.client, source: "notes")
                .isNearest(.integer(1), to: sent)
            #expect(isNearest)
        }
    }
}

extension Fixture {
    fileprivate func make(_ storage: VectorStorage) async throws {
        let collection = QdrantCollection(
            client: client,
            source: "notes",
            identity: identity,
            version: try await client.version(),
            storage: storage
        )
        try await collection.prepare(runID: "g1")
    }
}
