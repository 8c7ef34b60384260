import TestSupport

/// The servers of a scenario as processes, which can really be gone and come back at the same addresses.
struct Machines: Sendable {
    let embedders: [SandboxProcess]
    let qdrant: SandboxProcess
    /// Nil where the database is on the server that all tests share.
    let postgres: PostgresCluster?
}

/// Runs `body` with a scenario between servers that are processes, when it is its turn.
///
/// - Parameters:
///   - sql: makes the table.
///   - serviceTime: that a text takes an embedding server, in milliseconds.
///   - ownsPostgres: whether PostgreSQL is the scenario's own too.
func withMachines(
    _ sql: String,
    embedders count: Int = 1,
    serviceTime: Int,
    ownsPostgres: Bool,
    _ body: (Scenario, Machines) async throws -> Void
) async throws {
    try await inTurn {
        try await withTemporaryFolder { folder in
            try await withDatabase(ofItsOwn: ownsPostgres) { database, postgres in
                try await database.run(sql)
                let qdrant = try await SandboxProcess.qdrant(in: folder)
                var embedders: [SandboxProcess] = []
                do {
                    while embedders.count < count {
                        embedders.append(try await .ollama(serviceTime: serviceTime, in: folder))
                    }
                    let scenario = Scenario(
                        database: database,
                        servers: TestServers(
                            ollamaURL: embedders.map(\.url).joined(separator: ","),
                            qdrantURL: qdrant.url
                        ),
                        collection: "test",
                        folder: folder
                    )
                    try await body(scenario, Machines(embedders: embedders, qdrant: qdrant, postgres: postgres))
                } catch {
                    for process in embedders + [qdrant] { await process.kill() }
                    throw error
                }
                for process in embedders + [qdrant] { await process.kill() }
            }
        }
    }
}

private func withDatabase(
    ofItsOwn isOwn: Bool,
    _ body: (TestDatabase, PostgresCluster?) async throws -> Void
) async throws {
    if isOwn {
        try await withPostgresCluster { try await body($0.database, $0) }
    } else {
        try await withDatabase { try await body($0, nil) }
    }
}
