#!/bin/bash
# Whether a million rows are as fast at the end as at the start, and in constant memory. Called by run.sh.
# shellcheck disable=SC2154 # What is not assigned here comes from common.sh.

# The marks of the journal tell when how many rows were done: seconds and rows, one a line.
marks() {
    zstd -dc "$work"/journal/*/journal-* | jq -r '
        select(.event == "began" or .event == "checkpoint")
        | (.time | (sub("\\.[0-9]+Z$"; "Z") | fromdate) + ((capture("(?<f>\\.[0-9]+)Z$") | .f | tonumber) // 0))
            as $seconds
        | "\($seconds) \(.tally.rows_read // 0)"'
}

# tenth_rate FROM TO: rows a second between two shares of all rows, interpolated between marks.
tenth_rate() {
    awk -v from="$1" -v to="$2" '
        { t[NR] = $1; n[NR] = $2 }
        function at(rows,   i) {
            for (i = 2; i <= NR; i++)
                if (n[i] >= rows) return t[i - 1] + (t[i] - t[i - 1]) * (rows - n[i - 1]) / (n[i] - n[i - 1])
            return t[NR]
        }
        END { all = n[NR]; printf "%.0f", all * (to - from) / (at(all * to) - at(all * from)) }' "$work/marks"
}

measure_scale() {
    local rows=${MOST_ROWS:-1000000} few=${ROWS:-10000} first last small
    heading "$rows rows, no service time, 2 servers"
    fill "$few"
    start_sandbox 2 0
    sync
    check_points "$few"
    incremental
    small=$(report .peak_rss_bytes)

    progress "making $rows rows"
    fill "$rows"
    start_sandbox 2 0 --dimension "${SCALE_DIMENSION:-768}"
    sync
    check_points "$rows"
    progress "$rows rows: $wall s; the sandbox has $(awk '/^VmHWM/ { print int($2 / 1000) }' "/proc/$sandbox_pid/status") MB"
    marks >"$work/marks"
    # The first second has the start of the run and the first mark.
    first=$(tenth_rate 0.01 0.11)
    last=$(tenth_rate 0.9 1)
    figure scale.rate "  rows/s" "$(calc %.0f "$rows / $wall")"
    figure scale.first "  rows/s from the 1st to the 11th hundredth" "$first"
    figure scale.last "  rows/s in the last tenth" "$last"
    figure scale.ratio "  last to first" "$(calc %.3f "$last / $first")" "" ">= 0.98"
    figure scale.peak "  peak memory" "$(calc %.1f "$peak / 1000000")" MB "< 64"
    jq -R -s -c '[splits("\n") | select(. != "") | split(" ") | map(tonumber)] | .[0][0] as $start
        | {name: "scale.marks", series: map([.[0] - $start, .[1]])}' "$work/marks" >>"$figures"

    incremental
    figure scale.incremental.peak "  incremental, nothing changed: peak memory" \
        "$(calc %.1f "$(report .peak_rss_bytes) / 1000000")" MB "< 64"
    figure scale.incremental.growth "    more than at $few rows" \
        "$(calc %.1f "($(report .peak_rss_bytes) - $small) / 1000000")" MB "< 8"
}
