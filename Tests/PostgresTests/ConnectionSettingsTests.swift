import Pipeline
import Testing

@testable import Postgres

struct ConnectionSettingsTests {
    @Test(arguments: [
        "postgresql://user:sw0rd@fish@host/database",
        "postgresql://user:sw0rd/fish@host/database",
        "postgresql://user:sw0rd?fish@host/database",
        "postgresql://user:sw0rd#fish@host/database",
        "postgresql://user:sw0rdfish%zz@host/database",
        "postgresql://user:sw0rdfish%@host/database",
        "postgresql://user:sw0rdfish%00@host/database",
        "postgresql://user:sw0rd/@host:5432/database?sslmode=require",
        "postgresql://user:sw0rdfish@[::1/database",
        "postgresql://user:sw0rdfish@[::1]x/database",
        "postgresql://user:sw0rdfish@host:port/database",
        "postgresql://user:sw0rdfish@host:5432:5433/database",
        "postgresql://user:sw0rdfish@host/database?nonsense=1",
        "postgresql://user:sw0rdfish@host/database?sslmode",
        "mysql://user:sw0rdfish@host/database",
        "postgresql+asyncpg://user:sw0rdfish@host/database",
        "user:sw0rdfish@host",
        "host=here password=sw0rdfish nonsense",
        "host=here password='sw0rdfish",
        "sw0rdfish",
    ])
    func `does not echo a connection string that cannot be read`(info: String) {
        let error = #expect(throws: PipelineError.self) { try ConnectionSettings(info) }
        #expect(error?.kind == .setup)
        #expect(error?.message == "DATABASE_URL is not a valid connection string")
        #expect(error?.description.contains("sw0rd") == false)
        #expect(error?.remedy?.contains("%XX") == true)
    }

    @Test(arguments: [
        "",
        "postgresql://",
        "postgres://host",
        "postgresql://user:sw0rd%40fish%2F%3F%23%25@host:5432/database?sslmode=require",
        "postgresql://user@one:5432,two:5433/database?target_session_attrs=read-write",
        "postgresql://[::1]:5432/database",
        "postgresql:///database?host=/var/run/postgresql&user=me",
        "postgresql://%2Fvar%2Frun%2Fpostgresql/database",
        "host=here dbname=database password='sw0rd@fish://a@b/c@d'",
        "service=mirror",
    ])
    func `takes what libpq takes`(info: String) {
        #expect(throws: Never.self) { try ConnectionSettings(info) }
    }

    @Test(arguments: [
        "postgresql://user:sw0rd%40fish@host/database",
        "postgresql://user@host/database?password=sw0rd%40fish",
        "postgresql://user@host/database?sslpassword=sw0rd%40fish",
        "host=here password=sw0rd@fish",
        "postgresql://user:sw0rd%40fish@one:5432,two:5433/database",
        "host=here sslpassword = 'sw0rd@fish'",
    ])
    func `hides the password in whatever the server says`(info: String) throws {
        let settings = try ConnectionSettings(info)
        #expect(settings.redacted("no sw0rd@fish, sw0rd@fish!") == "no ***, ***!")
    }

    @Test func `puts what libpq says on one line`() throws {
        let settings = try ConnectionSettings("")
        #expect(
            settings.redacted("failed: no such file\n\tIs the server running?\n")
                == "failed: no such file; Is the server running?"
        )
    }
}
