#!/bin/bash
# The incremental sync of a table that has not changed. Called by run.sh.
# shellcheck disable=SC2154 # What is not assigned here comes from common.sh.

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
    local rows=${MANY_ROWS:-100000} postmaster rows_alone points_alone before after unchanged cost
    heading "nothing changed among $rows rows: medians of 5"
    fill "$rows"
    start_sandbox 2 0
    sync
    check_points "$rows"
    prepare_sides
    postmaster=$(pgrep -f "^/usr/lib/postgresql/.*$(dirname "$POSTGRES_LOG")" | head -n 1)
    rows_alone=$(median_seconds read_rows)
    points_alone=$(median_seconds read_points)
    before=$(($(ticks "$postmaster") + $(ticks "$sandbox_pid")))
    incremental
    # The time of a backend is its parent's only once that has noticed its end.
    sleep 0.5
    after=$(($(ticks "$postmaster") + $(ticks "$sandbox_pid")))
    unchanged=$(median_seconds incremental)
    cost=$(calc %.3f "(($after - $before) / $(getconf CLK_TCK) + $(report .cpu_seconds)) / $(nproc)")
    figure incremental.seconds "  seconds" "$unchanged" s
    figure incremental.rate "    rows/s" "$(calc %.0f "$rows / $unchanged")"
    figure incremental.table "  the table alone" "$rows_alone" s
    figure incremental.collection "  the collection alone" "$points_alone" s
    figure incremental.processors "  all processors busy with it" "$cost" s
    figure incremental.ratio "    the slowest of these to our seconds" \
        "$(awk -v a="$rows_alone" -v b="$points_alone" -v c="$cost" -v w="$unchanged" \
            'BEGIN { m = a > b ? a : b; if (c > m) m = c; printf "%.3f", m / w }')" "" ">= 0.85"
    figure incremental.requests "  embedding requests" "$(report .embed_requests)" "" "== 0"
    figure incremental.unchanged "  unchanged" "$(report .unchanged)" "" "== $rows"
    psql -X -q "$DATABASE_URL" -c "UPDATE pattern_lineage_nodes SET pattern_name = 'changed' WHERE pattern_id = 'p7'"
    figure incremental.one.seconds "  seconds with one changed row" "$(seconds incremental)" s
    figure incremental.one.embedded "    embedded" "$(report .embedded)" "" "== 1"
    figure incremental.one.unchanged "    unchanged" "$(report .unchanged)" "" "== $((rows - 1))"
}
