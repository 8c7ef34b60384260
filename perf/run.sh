#!/bin/bash
# Measures the program against the sandbox and prints one table. Every line comes from the same call.
#
#   perf/run.sh            all of it, about eight minutes after the build
#   ROWS=2000 perf/run.sh  a quick look
set -euo pipefail
cd "$(dirname "$0")/.."

rows=${ROWS:-10000}
many=${MANY_ROWS:-100000}
most=${MOST_ROWS:-1000000}
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/incremental.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/faults.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/journal.sh"
work=$(mktemp -d /tmp/perf.XXXXXX)
sandbox_pid=""

stop_sandbox() {
    if [ -n "$sandbox_pid" ]; then
        kill "$sandbox_pid" 2>/dev/null || true
        wait "$sandbox_pid" 2>/dev/null || true
        sandbox_pid=""
    fi
}
trap 'stop_sandbox; rm -rf "$work"' EXIT

# start_sandbox SERVERS SERVICE_TIME [OPTION …]
start_sandbox() {
    local servers=$1 time=$2
    shift 2
    stop_sandbox
    rm -f "$work/env"
    "$bin/pattern-sync-sandbox" --ollama-port 0 --qdrant-port 0 --ollama-servers "$servers" --service-time "$time" "$@" \
        --env-file "$work/env" >"$work/sandbox.log" 2>&1 &
    sandbox_pid=$!
    until [ -f "$work/env" ]; do
        kill -0 "$sandbox_pid" 2>/dev/null || { cat "$work/sandbox.log" >&2; exit 1; }
        sleep 0.05
    done
    set -a
    # shellcheck disable=SC1091
    . "$work/env"
    set +a
}

# A table of so many rows, each with some 600 characters of code.
fill() {
    psql -X -q "$DATABASE_URL" <<SQL
SET client_min_messages = warning;
DROP TABLE IF EXISTS pattern_lineage_nodes;
CREATE TABLE pattern_lineage_nodes (id uuid PRIMARY KEY, pattern_id varchar, pattern_name varchar, pattern_type varchar,
    pattern_version varchar, pattern_data jsonb, metadata jsonb, file_path text, language varchar,
    created_at timestamptz DEFAULT now());
INSERT INTO pattern_lineage_nodes (id, pattern_id, pattern_name, pattern_type, pattern_data, metadata, file_path, language)
SELECT md5(i::text)::uuid, 'p' || i, 'pattern_' || i, 'code',
       jsonb_build_object('code', 'def pattern_' || i || E'(items):\\n' || repeat('    total = total + items[' || i || E']\\n', 17)),
       jsonb_build_object('number', i, 'tags', jsonb_build_array('a', 'b')), 'src/module_' || i % 100 || '.py', 'python'
FROM generate_series(1, $1) AS i;
ANALYZE pattern_lineage_nodes;
SQL
}

# A full sync; leaves its report, and "wall user system" in seconds.
sync() {
    rm -rf "$work/journal"
    TIMEFORMAT='%R %U %S'
    { time "$bin/pattern-sync" --journal "$work/journal" --report "$work/report.json" --no-progress --log-level error \
        >"$work/out" 2>"$work/errors"; } 2>"$work/times" || { cat "$work/errors" >&2; exit 1; }
    journal_bytes=$(cat "$work"/journal/*/journal-* | wc -c)
    read -r _ user system <"$work/times"
}

report() { jq -r "$1" "$work/report.json"; }
calc() { awk "BEGIN { printf \"$1\", $2 }"; }
line() { printf '%-58s %14s   %s\n' "$1" "$2" "$3"; }

measure() {
    line "what" "measured" "bound or goal"
    line "----" "--------" "-------------"

    fill "$rows"
    start_sandbox 4 50ms
    sync
    rate=$(report .rows_per_second)
    line "rows/s, $rows rows, 4 servers at 50 ms a text" "$(calc %.2f "$rate")" "bound 80.00"
    line "  ratio to the bound" "$(calc %.4f "$rate / 80")" "goal >= 0.97"
    line "  journal bytes a row" "$(calc %.2f "$journal_bytes / $rows")" ""
    measure_faults "$rows" "$rate"

    start_sandbox 2 0
    sync
    line "rows/s, $rows rows, no service time, shared processors" "$(calc %.0f "$(report .rows_per_second)")" ""
    line "  processor time a row, user" "$(calc '%.0f us' "$user * 1000000 / $rows")" ""
    line "  processor time a row, system" "$(calc '%.0f us' "$system * 1000000 / $rows")" ""
    line "  bottleneck" "$(report .bottleneck)" ""

    fill 1000
    start_sandbox 2 0
    sync
    small=$(report .peak_rss_bytes)
    fill "$many"
    start_sandbox 2 0
    sync
    large=$(report .peak_rss_bytes)
    line "peak memory at 1000 rows" "$(calc '%.1f MB' "$small / 1000000")" "goal < 64 MB"
    line "peak memory at $many rows" "$(calc '%.1f MB' "$large / 1000000")" "goal < 64 MB"
    line "  difference" "$(calc '%.1f MB' "($large - $small) / 1000000")" "goal < 8 MB"

    measure_incremental "$many"
    measure_incremental_memory "$rows" "$most"

    measure_journal

    for _ in $(seq 21); do
        TIMEFORMAT=%R
        { time "$bin/pattern-sync" --version >/dev/null; } 2>>"$work/starts"
    done
    line "start-up of --version, median of 21" "$(sort -n "$work/starts" | sed -n 11p | awk '{ print $1 * 1000 " ms" }')" ""
}

if [ "${1:-}" = measure ]; then
    bin=$2
    measure
    exit
fi
swift build -c release --static-swift-stdlib --product pattern-sync
swift build -c release --static-swift-stdlib --product pattern-sync-sandbox
build_journal_cost
scripts/with-postgres.sh perf/run.sh measure "$(swift build -c release --static-swift-stdlib --show-bin-path)"
