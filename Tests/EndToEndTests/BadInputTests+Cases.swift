import Testing

extension BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var config: String?
        let status: Int32
        let says: [String]

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "an unknown option", arguments: ["--bogus"], status: 2, says: ["--bogus"]),
        Case(name: "an unknown subcommand", arguments: ["bogus"], status: 2, says: ["bogus"]),
        Case(
            name: "no number",
            arguments: ["--window", "many"],
            status: 2,
            says: ["--window", "'many'", "whole number"]
        ),
        Case(name: "zero", arguments: ["--batch-size", "0"], status: 2, says: ["--batch-size", "at least 1"]),
        Case(name: "no level", arguments: ["--concurrency", "fast"], status: 2, says: ["--concurrency", "auto"]),
        Case(name: "too much", arguments: ["--concurrency", "9223372036854775807"], status: 2, says: ["at most 256"]),
        Case(name: "no duration", arguments: ["--max-outage", "soon"], status: 2, says: ["--max-outage", "10m"]),
        Case(
            name: "no policy",
            arguments: ["--overlong", "cut"],
            status: 2,
            says: ["--overlong", "truncate or reject"]
        ),
        Case(
            name: "no format",
            arguments: ["--log-format", "xml"],
            status: 2,
            says: ["--log-format", "text or json"]
        ),
        Case(
            name: "no provider",
            environment: ["EMBEDDING_PROVIDER": "cloud"],
            status: 2,
            says: ["EMBEDDING_PROVIDER", "ollama or openai"]
        ),
        Case(
            name: "no URL of Qdrant",
            environment: ["QDRANT_URL": "localhost:6333"],
            status: 2,
            says: ["QDRANT_URL", "http://HOST:PORT"]
        ),
        Case(
            name: "no URL of Ollama",
            environment: ["OLLAMA_BASE_URL": "http://a:1,ftp://b"],
            status: 2,
            says: ["OLLAMA_BASE_URL", "http://HOST:PORT"]
        ),
        Case(
            name: "the same server twice",
            environment: ["OLLAMA_BASE_URL": "http://a:1,http://a:1/"],
            status: 2,
            says: ["OLLAMA_BASE_URL", "twice"]
        ),
        Case(
            name: "the collection of another program",
            environment: ["QDRANT_COLLECTION": "execution_patterns"],
            status: 1,
            says: ["execution_patterns", "QDRANT_COLLECTION"]
        ),
        Case(
            name: "a collection that leads elsewhere",
            environment: ["QDRANT_COLLECTION": "../aliases"],
            status: 1,
            says: ["'../aliases'", "letters"]
        ),
        Case(
            name: "a password that splits the URL",
            environment: ["DATABASE_URL": "postgresql://me:s3c@r3t@localhost/x"],
            status: 1,
            says: ["DATABASE_URL", "%XX"]
        ),
        Case(
            name: "a database that is not there",
            environment: ["DATABASE_URL": "postgresql:///nowhere?host=/nowhere"],
            status: 1,
            says: ["/nowhere", "check host and port"]
        ),
        Case(
            name: "an Ollama that is not there",
            environment: ["OLLAMA_BASE_URL": "http://127.0.0.1:9"],
            status: 1,
            says: ["127.0.0.1:9", "OLLAMA_BASE_URL"]
        ),
        Case(
            name: "a Qdrant that is not there",
            environment: ["QDRANT_URL": "http://127.0.0.1:9"],
            status: 1,
            says: ["127.0.0.1", "QDRANT_URL"]
        ),
        Case(
            name: "a model that is not there",
            environment: ["EMBEDDING_MODEL": "no-such-model"],
            status: 1,
            says: ["no-such-model", "ollama pull no-such-model"]
        ),
        Case(
            name: "a prefix that is not known",
            arguments: ["--prefix", "model"],
            environment: ["EMBEDDING_MODEL": "all-my-own"],
            status: 1,
            says: ["all-my-own"]
        ),
        Case(name: "no YAML", config: "query: [", status: 2, says: ["sync.yaml", "YAML", "line"]),
        Case(name: "an unknown key", config: "colection: x", status: 2, says: ["colection", "collection"]),
        Case(name: "a list for a value", config: "query: [a, b]", status: 2, says: ["query", "single value"]),
        Case(name: "a query without key", config: "query: SELECT 1", status: 2, says: ["key", "uuid, bigint or text"]),
        Case(
            name: "a wrong key type",
            config: "{query: SELECT 1, key: serial}",
            status: 2,
            says: ["'serial'", "uuid or bigint or text"]
        ),
        Case(
            name: "a query that is no SQL",
            config: "{query: SELEKT, key: uuid}",
            status: 1,
            says: ["syntax error", "query"]
        ),
        Case(
            name: "a query without payload",
            config: "{query: \"SELECT 1 AS id, 'x' AS text\", key: bigint}",
            status: 1,
            says: ["payload", "id, text"]
        ),
        Case(
            name: "a query of another key",
            config: "{query: \"SELECT 'x' AS id, 'x' AS text, '{}'::jsonb AS payload\", key: uuid}",
            status: 1,
            says: ["key"]
        ),
        Case(
            name: "a missing table",
            config: "{query: SELECT id FROM missing, key: uuid}",
            status: 1,
            says: ["missing", "42P01"]
        ),
        Case(
            name: "a reserved member",
            config:
                "{query: \"SELECT id, 'x' AS text, '{\\\"_sync\\\": 1}'::jsonb AS payload FROM pattern_lineage_nodes\", key: uuid}",
            status: 1,
            says: ["_sync", "rename"]
        ),
        Case(
            name: "a parameter in a query",
            config: "{query: \"SELECT $1::uuid AS id, 'x' AS text, '{}'::jsonb AS payload\", key: uuid}",
            status: 1,
            says: ["08P01"]
        ),
        Case(
            name: "keys that are none",
            config:
                "{query: \"SELECT 7 AS id, 'x' AS text, '{}'::jsonb AS payload FROM pattern_lineage_nodes\", key: bigint}",
            status: 1,
            says: ["two rows", "unique"]
        ),
        Case(
            name: "a secret twice",
            environment: ["QDRANT_API_KEY": "a", "QDRANT_API_KEY_FILE": "/dev/null"],
            status: 2,
            says: ["QDRANT_API_KEY_FILE"]
        ),
        Case(
            name: "a secret's file that is not there",
            environment: ["DATABASE_URL_FILE": "/nowhere", "DATABASE_URL": ""],
            status: 2,
            says: ["DATABASE_URL_FILE", "/nowhere"]
        ),
        Case(
            name: "a report that cannot be written",
            arguments: ["--report", "/nowhere/report.json"],
            status: 1,
            says: ["/nowhere/report.json"]
        ),
    ]
}
