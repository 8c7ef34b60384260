import Pipeline
import Testing

@testable import Postgres

struct PostgresFaultTests {
    @Test(arguments: [
        "57P01", "57P02", "57P03", "57P05", "57014", "25P03", "40001", "40P01", "55P03",
        "08000", "08003", "08006", "53000", "53100", "53200", "53300", "58000", "58030",
    ])
    func `what passes may be tried again`(state: String) {
        #expect(PostgresFault.error(state, "it failed", while: "reading").kind == .server(retryAfter: nil))
    }

    @Test(arguments: [
        "28P01", "28000", "3D000", "42501", "42P01", "42601", "42703", "42883", "57P04", "25006", "0A000", "XX000",
    ])
    func `what does not pass is a person's matter`(state: String) {
        #expect(PostgresFault.error(state, "it failed", while: "reading").kind == .setup)
    }

    @Test(arguments: ["22012", "22003", "22P02", "22P05", "21000", "54001"])
    func `what fails for the data of a row is the row's fault`(state: String) {
        #expect(PostgresFault.error(state, "it failed", while: "reading").kind == .row(.unreadable))
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
