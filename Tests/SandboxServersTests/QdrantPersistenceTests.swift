import Testing

@testable import SandboxServers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct QdrantPersistenceTests {
    private func fill(_ qdrant: QdrantClient) async throws {
        try await qdrant.ok(
            "PUT",
            "/collections/my%20c",
            #"{"vectors":{"size":2,"distance":"Cosine"},"metadata":{"m":1}}"#
        )
        try await qdrant.ok(
            "PUT",
            "/collections/my%20c/points?wait=true",
            #"{"points":[{"id":1,"vector":[3,4],"payload":{"a":1.10}},{"id":2,"vector":[1,0]},{"id":3,"vector":[0,1]}]}"#
        )
        try await qdrant.ok("POST", "/collections/my%20c/points/delete", #"{"points":[2]}"#)
        try await qdrant.ok("POST", "/collections/my%20c/points/payload", #"{"payload":{"b":2},"points":[3]}"#)
        try await qdrant.ok("PUT", "/collections/my%20c/index", #"{"field_name":"b","field_schema":"integer"}"#)
        try await qdrant.ok(
            "POST",
            "/collections/aliases",
            #"{"actions":[{"create_alias":{"alias_name":"al","collection_name":"my c"}}]}"#
        )
    }

    private func check(_ qdrant: QdrantClient) async throws {
        let answer = await qdrant.client.send("POST", "/collections/al/points/scroll", #"{"with_vector":true}"#)
        #expect(answer.text.contains(#"{"id":1,"payload":{"a":1.10},"vector":[0.6,0.8]}"#))
        #expect(answer.text.contains(#"{"id":3,"payload":{"b":2},"vector":[0.0,1.0]}"#))
        let told = try await qdrant.ok("GET", "/collections/my%20c")
        #expect(told["points_count"] == 2)
        #expect(told["config"]?["metadata"] == ["m": 1])
        #expect(told["payload_schema"]?["b"]?["data_type"] == "integer")
    }

    @Test func `remembers everything after a restart`() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = QdrantSandbox.Configuration(dataDirectory: directory)
            try await withQdrantSandbox(configuration) { try await fill(QdrantClient($0)) }
            try await withQdrantSandbox(configuration) { try await check(QdrantClient($0)) }
        }
    }

    @Test func `has on disk what it answered for, should it be killed`() async throws {
        try await withTemporaryDirectory { directory in
            try await withQdrantSandbox(.init(dataDirectory: directory + "/live")) { server in
                try await fill(QdrantClient(server))
                copyTree(directory + "/live", to: directory + "/copy")
            }
            try await withQdrantSandbox(.init(dataDirectory: directory + "/copy")) { try await check(QdrantClient($0)) }
        }
    }

    @Test func `forgets removed collections for good`() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = QdrantSandbox.Configuration(dataDirectory: directory)
            try await withQdrantSandbox(configuration) { server in
                let qdrant = QdrantClient(server)
                try await fill(qdrant)
                try await qdrant.ok("DELETE", "/collections/my%20c")
            }
            try await withQdrantSandbox(configuration) { server in
                let collections = try await QdrantClient(server).ok("GET", "/collections")
                #expect(collections["collections"] == [])
                let aliases = try await QdrantClient(server).ok("GET", "/aliases")
                #expect(aliases["aliases"] == [])
            }
            #expect(entries(of: directory + "/collections").isEmpty)
        }
    }

    @Test func `takes nothing over from a collection whose removal was cut short`() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = QdrantSandbox.Configuration(dataDirectory: directory)
            try await withQdrantSandbox(configuration) { try await fill(QdrantClient($0)) }
            // What a removal does first; the log and the alias are still there.
            #expect(unlink(directory + "/collections/my%20c/collection.json") == 0)
            try await withQdrantSandbox(configuration) { server in
                let qdrant = QdrantClient(server)
                let aliases = try await qdrant.ok("GET", "/aliases")
                #expect(aliases["aliases"] == [])
                try await qdrant.ok(
                    "PUT",
                    "/collections/my%20c",
                    #"{"vectors":{"size":2,"distance":"Cosine"}}"#
                )
                let told = try await qdrant.ok("GET", "/collections/my%20c")
                #expect(told["points_count"] == 0)
            }
            try await withQdrantSandbox(configuration) { server in
                let told = try await QdrantClient(server).ok("GET", "/collections/my%20c")
                #expect(told["points_count"] == 0)
            }
        }
    }

    @Test func `remembers the changes to aliases that stand before one that cannot be made`() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = QdrantSandbox.Configuration(dataDirectory: directory)
            try await withQdrantSandbox(configuration) { server in
                let qdrant = QdrantClient(server)
                try await fill(qdrant)
                let answer = await qdrant.client.send(
                    "POST",
                    "/collections/aliases",
                    #"{"actions":[{"delete_alias":{"alias_name":"al"}},"#
                        + #"{"create_alias":{"alias_name":"x","collection_name":"none"}}]}"#
                )
                #expect(answer.status == 404)
            }
            try await withQdrantSandbox(configuration) { server in
                let aliases = try await QdrantClient(server).ok("GET", "/aliases")
                #expect(aliases["aliases"] == [])
            }
        }
    }

    @Test func `drops a torn end, wherever it is torn, and goes on from there`() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = QdrantSandbox.Configuration(dataDirectory: directory)
            try await withCollection(configuration) { qdrant in
                for id in 1...3 {
                    try await qdrant.ok(
                        "PUT",
                        "/collections/c/points",
                        #"{"points":[{"id":\#(id),"vector":[1,2,3],"payload":{"a":1}}]}"#
                    )
                }
            }
            let log = directory + "/collections/c/points.log"
            let whole = contents(of: log)
            let record = whole.count / 3
            for length in stride(from: 2 * record, to: whole.count, by: 1) {
                write(Array(whole[..<length]), to: log)
                var points = PointTable(dimension: 3)
                let reopened = try PointLog(path: log, into: &points)
                #expect(points.count == 2)
                var records = PointLog.Records()
                records.delete(PointID(1 as UInt64))
                try reopened.append(records)
                reopened.end()
                var again = PointTable(dimension: 3)
                try PointLog(path: log, into: &again).end()
                #expect(again.count == 1)
            }
        }
    }

    @Test func `explains a directory that it cannot use`() async throws {
        let error = await #expect(throws: SandboxError.self) {
            try await withQdrantSandbox(.init(dataDirectory: "/proc/none/data")) { _ in }
        }
        #expect(error?.kind == .storage)
    }
}
