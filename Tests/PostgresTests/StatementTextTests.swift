import Testing

@testable import Postgres

struct StatementTextTests {
    @Test(arguments: [
        ("SELECT 1", "SELECT 1"),
        ("SELECT 1;", "SELECT 1"),
        ("SELECT 1 ; ;\n;\t", "SELECT 1"),
        ("SELECT 1 -- one", "SELECT 1"),
        ("SELECT 1; -- one; two\n-- three\n", "SELECT 1"),
        ("SELECT 1 /* one; /* two */ */ ; /* three */", "SELECT 1"),
        ("-- one\nSELECT 1", "-- one\nSELECT 1"),
        ("SELECT 1; SELECT 2;", "SELECT 1; SELECT 2"),
        ("SELECT ';'", "SELECT ';'"),
        ("SELECT '--';", "SELECT '--'"),
        ("SELECT 'it''s; --' ;", "SELECT 'it''s; --'"),
        (#"SELECT '\';"#, #"SELECT '\'"#),
        (#"SELECT E'\'; --';"#, #"SELECT E'\'; --'"#),
        (#"SELECT 1 AS "; --";"#, #"SELECT 1 AS "; --""#),
        ("SELECT $$; --$$;", "SELECT $$; --$$"),
        ("SELECT $q$ $$ ; -- $q$ ;", "SELECT $q$ $$ ; -- $q$"),
        ("SELECT $ä1$; --$ä1$;", "SELECT $ä1$; --$ä1$"),
        ("SELECT a$b$ ; -- $b$", "SELECT a$b$"),
        ("SELECT $1; -- $1$", "SELECT $1"),
        ("SELECT 5 - -1;", "SELECT 5 - -1"),
        ("SELECT 4 / 2 * 3;", "SELECT 4 / 2 * 3"),
        ("", ""),
        (" ;\n-- nothing", ""),
        // What never ends is for PostgreSQL to complain about.
        ("SELECT ';", "SELECT ';"),
        ("SELECT $$;", "SELECT $$;"),
        (#"SELECT E'\"#, #"SELECT E'\"#),
        ("SELECT 1 /* ;", "SELECT 1"),
    ])
    func `ends a statement behind its last word`(sql: String, expected: String) {
        #expect(StatementText.trimmed(sql) == expected)
    }
}
