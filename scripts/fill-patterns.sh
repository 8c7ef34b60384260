#!/bin/sh
# Fills the table pattern_lineage_nodes of DATABASE_URL with code patterns, unless it has rows already: functions cut
# from the sources at hand, which are this project's, its dependencies' and Perl's own modules.
#
#   DATABASE_URL=… scripts/fill-patterns.sh
#
# The same sources give the same rows with the same ids.
set -eu

scripts=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$scripts")
fewest=971

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The sort makes the order, by which functions of one name are told apart, the same in every locale.
functions() {
    cd "$1"
    shift
    prefix=$1
    shift
    find "$@" -type f ! -ipath '*/test*' ! -ipath '*/benchmark*' | LC_ALL=C sort | "$scripts/cut-functions.pl" "$prefix"
}

collect() {
    (functions "$root" pattern-sync/ Sources)
    if [ -d "$root/.build/checkouts" ]; then (functions "$root/.build/checkouts" '' .); fi
    for modules in /usr/share/perl/5.*.*; do
        if [ -d "$modules" ]; then (functions "$modules" perl/ .); fi
    done
}

# Of each language the functions whose ids have the smallest hashes: a choice without a preference that stays the same.
statements() {
    echo 'SET client_min_messages = warning;'
    echo 'BEGIN;'
    cat "$scripts/pattern_lineage_nodes.sql"
    cat <<'SQL'
CREATE TEMPORARY TABLE function (
    pattern_id text, name text, language text, path text, source text, lines int, code text
) ON COMMIT DROP;
COPY function FROM STDIN;
SQL
    cat "$work/functions"
    cat <<'SQL'
\.
INSERT INTO pattern_lineage_nodes
    (id, pattern_id, pattern_name, pattern_type, pattern_data, metadata, file_path, language, created_by)
SELECT md5(pattern_id)::uuid, pattern_id, name, 'code', jsonb_build_object('code', code),
       jsonb_build_object('lines', lines, 'source', source, 'demo', true), path, language, 'demo'
FROM (
    SELECT *, row_number() OVER (PARTITION BY language ORDER BY md5(pattern_id)) AS place
    FROM (SELECT DISTINCT ON (md5(code)) * FROM function ORDER BY md5(code), pattern_id) AS different
) AS ranked
JOIN (VALUES ('swift', 650), ('cpp', 200), ('perl', 150), ('c', 150), ('python', 50), ('shell', 50))
    AS quota (language, most) USING (language)
WHERE place <= most
ON CONFLICT (id) DO NOTHING;
COMMIT;
SQL
}

query() {
    PGCLIENTENCODING=UTF8 psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$DATABASE_URL" "$@"
}

if [ -z "${DATABASE_URL:-}" ]; then
    echo "error: DATABASE_URL is not set, so there is no database to fill" >&2
    exit 2
fi
table=$(query -c "SELECT to_regclass('pattern_lineage_nodes')")
if [ -n "$table" ] && [ "$(query -c 'SELECT EXISTS (SELECT FROM pattern_lineage_nodes)')" = t ]; then exit 0; fi

collect >"$work/functions"
found=$(wc -l <"$work/functions")
if [ "$found" -lt "$fewest" ]; then
    echo "error: only $found functions were found in $root, expected $fewest or more; 'swift package resolve' fetches" \
        "the sources of the dependencies" >&2
    exit 1
fi
statements | query
