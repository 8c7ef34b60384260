/// The table of code patterns, as the deployments have it, and rows for it.
package enum PatternTable {
    /// - Parameter hasFilePath: some deployments have no such column.
    package static func creation(hasFilePath: Bool = true) -> String {
        """
        CREATE TABLE pattern_lineage_nodes (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            pattern_id varchar NOT NULL,
            pattern_name varchar NOT NULL,
            pattern_type varchar NOT NULL,
            pattern_version varchar,
            pattern_data jsonb NOT NULL,
            metadata jsonb,
            \(hasFilePath ? "file_path text," : "")
            language varchar,
            created_at timestamptz DEFAULT now(),
            lineage_depth integer DEFAULT 0
        );
        """
    }

    /// Ordinary rows, all different; their ids are in the order of their numbers.
    package static func rows(_ numbers: ClosedRange<Int>) -> String {
        """
        INSERT INTO pattern_lineage_nodes
            (id, pattern_id, pattern_name, pattern_type, pattern_data, metadata, file_path, language, created_at)
        SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'p-' || i, 'pattern ' || i, 'code',
               jsonb_build_object('code', 'def function_' || i || '(x): return x * ' || i),
               jsonb_build_object('number', i), 'src/file_' || i || '.py', 'python',
               timestamptz '2026-01-01 00:00:00+00' + i * interval '1 second 123456 microseconds'
        FROM generate_series(\(numbers.lowerBound), \(numbers.upperBound)) AS i;
        """
    }

    /// One row for each thing that is easily got wrong: of text, of JSON, of NULL. 18 rows are code, one is not.
    package static let nastyRows = #"""
        INSERT INTO pattern_lineage_nodes
            (pattern_id, pattern_name, pattern_type, pattern_data, metadata, file_path, language, created_at)
        VALUES
        ('no-code', 'no code', 'code', '{}', NULL, NULL, NULL, NULL),
        ('null-code', 'null code', 'code', '{"code": null}', '{}', '', '', now()),
        ('empty-code', 'empty code', 'code', '{"code": ""}', '{}', 'a.py', 'python', now()),
        ('object-code', 'code is an object', 'code', '{"code": {"a": [1, 2]}}', '{}', 'a.py', 'python', now()),
        ('array-data', 'data is an array', 'code', '[1, 2, 3]', '{}', 'a.py', 'python', now()),
        ('big-code', 'a megabyte', 'code', jsonb_build_object('code', repeat('x = 1; ', 150000)), '{}', 'big.py', 'python', now()),
        ('emoji', 'emoji 👩‍👩‍👧‍👦 🏳️‍🌈', 'code', '{"code": "print(\"👩🏽‍💻\") // 🇺🇳"}', '{"🔑": "🗝️"}', '😀.py', 'python', now()),
        ('five-hundred', '500 scalars', 'code', jsonb_build_object('code', repeat('é👍', 400)), '{}', 'e.py', 'python', now()),
        ('right-to-left', 'عربى עברית', 'code', '{"code": "ابجد = \"שלום\""}', '{}', 'עברית/ملف.py', 'العربية', now()),
        ('controls', 'all control characters', 'code',
            jsonb_build_object('code', (SELECT string_agg(chr(i), '' ORDER BY i) FROM generate_series(1, 31) AS i) || chr(127)),
            '{"c": "\u0001\u001f\u007f\u0085\u2028\u2029"}', E'tab\there', 'python', now()),
        ('quotes', 'quotes " and \ backslashes \\ "\" ''', 'code', '{"code": "\"\\\\\\\"\\n\\u0000 is not a null"}',
            '{"\"key\\": "\\\""}', 'C:\path\"x"', 'c++', now()),
        ('deep', 'metadata nested 100 deep', 'code', '{"code": "x"}',
            (repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb, 'd.py', 'python', now()),
        ('numbers', 'numbers', 'code', '{"code": "x"}',
            '{"max": 1.7976931348623157e308, "min": -1.7976931348623157e308, "tiny": 2.2250738585072014e-308,
              "i64": 9223372036854775807, "negative": -9223372036854775808, "u64": 18446744073709551615,
              "fraction": 0.1, "zero": 0, "true": true, "null": null, "list": [1, 2.5, "3"]}', 'n.py', 'python', now()),
        ('old', 'a date before our era', 'code', '{"code": "x"}', '{}', 'o.py', 'latin', '0044-03-15 12:00:00 BC'),
        ('endless', 'infinity', 'code', '{"code": "x"}', '{}', 'i.py', 'python', 'infinity'),
        ('zoned', 'another time zone', 'code', '{"code": "x"}', '{}', 'z.py', 'python', '2026-03-29 03:30:00.000001+05:45'),
        ('metadata-array', 'metadata is an array', 'code', '{"code": "x"}', '[{"a": 1}]', 'm.py', 'python', now()),
        ('spaces', '   ', 'code', '{"code": "   \n\t  "}', '{}', '  ', '  ', now()),
        ('not-code', 'of another type', 'architecture', '{"code": "x"}', '{}', 'x.py', 'python', now());
        """#
}
