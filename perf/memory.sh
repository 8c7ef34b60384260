#!/bin/bash
# Peak memory does not depend on the number of rows; and the shortest run there is. Called by run.sh.
# shellcheck disable=SC2154 # What is not assigned here comes from common.sh.

measure_memory() {
    local many=${MANY_ROWS:-100000} small
    heading "memory, with no service time, and start-up"
    fill 1000
    start_sandbox 2 0
    sync
    small=$peak
    fill "$many"
    start_sandbox 2 0
    sync
    figure memory.small "  peak memory at 1000 rows" "$(calc %.1f "$small / 1000000")" MB "< 64"
    figure memory.large "  peak memory at $many rows" "$(calc %.1f "$peak / 1000000")" MB "< 64"
    figure memory.growth "    difference" "$(calc %.1f "($peak - $small) / 1000000")" MB "< 8"

    : >"$work/rounds"
    for _ in $(seq 21); do
        "$venv/bin/python" perf/measured.py "$work/cost" "$bin/pattern-sync" --version >"$work/out"
        cat "$work/cost" >>"$work/rounds"
    done
    figure memory.start "  start-up of --version, median of 21" "$(calc %.1f "$(median 1) * 1000")" ms
}
