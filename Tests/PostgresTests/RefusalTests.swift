import Pipeline
import Testing

@testable import Postgres

struct RefusalTests {
    private func refusal(_ answer: [UInt8]?, options: String = "") throws -> PipelineError? {
        try ScriptedPostgres.run(answer) { url in
            let settings = try ConnectionSettings(
                url + options,
                connectTimeout: .milliseconds(answer == nil ? 100 : 10_000)
            )
            let error = #expect(throws: PipelineError.self) {
                _ = try Connection.open(settings, wakeUp: WakeUp(), clock: RunClock(ContinuousClock()))
            }
            #expect(error?.description.contains("sw0rdfish") == false)
            #expect(error?.description.contains("\n") == false)
            return error
        }
    }

    @Test func `a wrong password is a person's matter`() throws {
        let text = "password authentication failed for user \"user\", not sw0rdfish"
        let error = try refusal(ScriptedPostgres.refusal("28P01", text))
        #expect(error?.kind == .setup)
        #expect(error?.message.contains("FATAL: password authentication failed for user \"user\", not ***") == true)
        #expect(error?.message.hasSuffix("(while connecting, SQLSTATE 28P01)") == true)
        #expect(error?.message.contains("auth.c") == false)
        #expect(error?.remedy == "check user, password and pg_hba.conf")
    }

    @Test func `a missing password is a person's matter`() throws {
        // The server asks for one in clear text.
        let error = try refusal(ScriptedPostgres.message("R", [0, 0, 0, 3]), options: "&password=&passfile=/nowhere")
        #expect(error?.kind == .setup)
        #expect(error?.message == "PostgreSQL: the server asks for a password")
        #expect(error?.remedy == "give one in DATABASE_URL or PGPASSWORD")
    }

    @Test(arguments: ["57P03", "53300"])
    func `a server that starts up or is full may take the connection later`(state: String) throws {
        let error = try refusal(ScriptedPostgres.refusal(state, "not now"))
        #expect(error?.kind == .server(retryAfter: nil))
        #expect(error?.message.contains("FATAL: not now (while connecting, SQLSTATE \(state))") == true)
    }

    @Test func `a server that hangs up may come back`() throws {
        #expect(try refusal(ScriptedPostgres.message("N", [0]))?.isRetryable == true)
    }

    @Test func `gives up on a server that accepts and says nothing`() throws {
        let error = try refusal(nil)
        #expect(error?.kind == .server(retryAfter: nil))
        #expect(error?.message.contains("no answer") == true)
    }
}
