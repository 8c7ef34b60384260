import Pipeline
import Testing

@testable import Postgres

struct PostgresFaultTests {
    @Test(arguments: [
        // Shut-down, crash and start-up; statements and transactions that were cut off.
        "57P01", "57P02", "57P03", "57P05", "57014", "25P03", "25P04",
        // A standby's conflict with recovery, deadlocks, locks that are held, a snapshot that became too old.
        "40001", "40003", "40P01", "55006", "55P03", "72000",
        // The connection.
        "08000", "08001", "08003", "08004", "08006", "08007",
        // A full disk, too little memory, too many connections, a limit of the server; input and output.
        "53000", "53100", "53200", "53300", "53400", "58000", "58030", "58P01",
    ])
    func `what passes may be tried again`(state: String) {
        #expect(PostgresFault.error(state, "it failed", while: "reading").kind == .server(retryAfter: nil))
    }

    @Test(arguments: [
        // Password, access rules, database, rights.
        "28P01", "28000", "3D000", "42501",
        // The query and the table.
        "42P01", "42601", "42702", "42703", "42883", "0A000", "08P01",
        // A query that writes; a database that was dropped; damage.
        "25006", "57P04", "XX000", "XX001", "XX002",
    ])
    func `what does not pass is a person's matter`(state: String) {
        #expect(PostgresFault.error(state, "it failed", while: "reading").kind == .setup)
    }

    @Test(arguments: ["22012", "22003", "22P02", "22P05", "21000", "54001", "P0001"])
    func `what fails for the data of a row is the row's fault`(state: String) {
        #expect(PostgresFault.error(state, "it failed", while: "reading").kind == .row(.unreadable))
    }

    @Test(arguments: [
        "pgbouncer cannot connect to server", "server conn crashed?", "query_wait_timeout",
        "server login has been failing, try again later (server_login_retry)",
        "no more connections allowed (max_client_conn)",
    ])
    func `what a pooler says of a server that is away may be tried again`(message: String) {
        #expect(PostgresFault.error("08P01", message, while: "connecting").isRetryable)
    }

    @Test(arguments: [("53100", "make room"), ("53200", "memory"), ("53300", "max_connections")])
    func `what is used up is named with how to get more`(state: String, remedy: String) {
        #expect(PostgresFault.error(state, "it failed", while: "reading").remedy?.contains(remedy) == true)
    }

    @Test func `a broken connection has no code and may be tried again`() {
        let error = PostgresFault.error(nil, "it broke", while: "reading")
        #expect(error.isRetryable)
        #expect(error.message == "PostgreSQL: it broke (while reading)")
    }

    @Test func `a wrong password names password and rules as what to check`() {
        let error = PostgresFault.error("28P01", "password authentication failed for user \"me\"", while: "connecting")
        #expect(
            error.description
                == "PostgreSQL: password authentication failed for user \"me\" (while connecting, SQLSTATE 28P01)"
                + " — check user, password and pg_hba.conf"
        )
    }
}
