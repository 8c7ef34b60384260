#!/bin/bash
# Measures the incremental sync of a table that has not changed. Called by run.sh, which brings the functions.
# shellcheck disable=SC2154 # What is not assigned here comes from run.sh.

# What a process and its ended children have cost, in clock ticks: user and system time together.
ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 + $14 + $15 }' "/proc/$1/stat"; }

# The statement by which the program reads digests, as PostgreSQL logged it: further lines begin with a tab.
digest_statement() {
    awk '/DECLARE pattern_sync NO SCROLL CURSOR FOR/ && !found { found = 1; sub(/.*CURSOR FOR /, ""); print; next }
         found && !/^\t/ { exit }
         found { sub(/^\t/, ""); print }' "$1"
}

# seconds COMMAND …: how long it takes.
seconds() {
    local TIMEFORMAT=%R
    { time "$@" >/dev/null 2>"$work/errors"; } 2>&1 || { cat "$work/errors" >&2; exit 1; }
}

# The median of five calls.
median_seconds() {
    for _ in 1 2 3 4 5; do seconds "$@"; done | sort -n | sed -n 3p
}

incremental() {
    "$bin/pattern-sync" --incremental --journal "$work/journal" --report "$work/report.json" --no-progress \
        --log-level error >"$work/out" 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
}

# The table's side alone: the very statement, read by psql.
read_rows() {
    psql -X -q -A -t -o /dev/null -v FETCH_COUNT=1000 "$DATABASE_URL" <<SQL
SET enable_sort = off;
SET cursor_tuple_fraction = 1;
SET TimeZone = UTC;
$(cat "$work/digests.sql");
SQL
}

# The collection's side alone: the marks of all points, a thousand a request, four requests at once.
read_points() {
    curl --silent --fail --parallel --parallel-max 4 --config "$work/requests" >/dev/null
}

prepare_sides() {
    psql -X -q -A -t "$DATABASE_URL" -c "ALTER SYSTEM SET log_statement = 'all'" -c "SELECT pg_reload_conf()" >/dev/null
    incremental
    psql -X -q -A -t "$DATABASE_URL" -c "ALTER SYSTEM RESET log_statement" -c "SELECT pg_reload_conf()" >/dev/null
    digest_statement "$POSTGRES_LOG" >"$work/digests.sql"
    psql -X -q -A -t "$DATABASE_URL" -c "SELECT id FROM pattern_lineage_nodes ORDER BY id" |
        awk -v folder="$work" -v url="$QDRANT_URL/collections/code_patterns/points" '
            NR % 1000 == 1 { if (file) { print "],\"with_payload\":[\"_sync\"]}" >file; close(file) }
                             file = folder "/ids-" ++count; printf "{\"ids\":[\"%s\"", $1 >file; next }
            { printf ",\"%s\"", $1 >file }
            END { print "],\"with_payload\":[\"_sync\"]}" >file
                  for (i = 1; i <= count; i++) {
                      if (i > 1) print "next" >(folder "/requests")
                      printf "url = %s\ndata = @%s/ids-%d\nheader = \"Content-Type: application/json\"\noutput = /dev/null\n",
                          url, folder, i >(folder "/requests") } }'
}

measure_incremental() {
    local rows=$1
    fill "$rows"
    start_sandbox 2 0
    sync
    prepare_sides
    local postmaster
    postmaster=$(pgrep -f "^/usr/lib/postgresql/.*$(dirname "$POSTGRES_LOG")" | head -n 1)
    local rows_alone points_alone
    rows_alone=$(median_seconds read_rows)
    points_alone=$(median_seconds read_points)
    local before after wall cost
    before=$(($(ticks "$postmaster") + $(ticks "$sandbox_pid")))
    incremental
    # The time of a backend is its parent's only once that has noticed its end.
    sleep 0.5
    after=$(($(ticks "$postmaster") + $(ticks "$sandbox_pid")))
    wall=$(median_seconds incremental)
    cost=$(calc %.3f "($after - $before) / $(getconf CLK_TCK) + $(report .cpu_seconds)")
    line "no change among $rows rows: seconds, median of 5" "$wall" ""
    line "  rows/s" "$(calc %.0f "$rows / $wall")" ""
    line "  table alone, collection alone, all processors' time / 2" \
        "$rows_alone $points_alone $(calc %.3f "$cost / 2")" "seconds"
    line "  ratio to the slowest of the three" \
        "$(awk -v a="$rows_alone" -v b="$points_alone" -v c="$cost" -v w="$wall" \
            'BEGIN { m = a > b ? a : b; if (c / 2 > m) m = c / 2; printf "%.3f", m / w }')" "goal >= 0.85"
    line "  embedding requests, unchanged" "$(report .embed_requests) $(report .unchanged)" "0 $rows"
    psql -X -q "$DATABASE_URL" -c "UPDATE pattern_lineage_nodes SET pattern_name = 'changed' WHERE pattern_id = 'p7'"
    wall=$(seconds incremental)
    line "one changed row among $rows rows: seconds" "$wall" ""
    line "  embedded, unchanged" "$(report .embedded) $(report .unchanged)" "1 $((rows - 1))"
}

# Peak memory does not depend on the number of rows; short vectors, so that a million fit into the sandbox.
measure_incremental_memory() {
    local few=$1 many=$2 small large
    for count in "$few" "$many"; do
        fill "$count"
        start_sandbox 2 0 --dimension 8
        sync
        incremental
        if [ "$count" = "$few" ]; then small=$(report .peak_rss_bytes); else large=$(report .peak_rss_bytes); fi
    done
    line "incremental: peak memory at $few rows" "$(calc '%.1f MB' "$small / 1000000")" "goal < 64 MB"
    line "incremental: peak memory at $many rows" "$(calc '%.1f MB' "$large / 1000000")" "goal < 64 MB"
    line "  difference" "$(calc '%.1f MB' "($large - $small) / 1000000")" "goal < 8 MB"
}
