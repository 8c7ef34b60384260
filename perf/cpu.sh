#!/bin/bash
# What a row costs the client where the servers take no time: all programs over the same rows. Called by run.sh.
# shellcheck disable=SC2154 # What is not assigned here comes from common.sh.

measure_cpu() {
    local rows=${CPU_ROWS:-20000} rounds=${CPU_ROUNDS:-5} client name goal
    local -A total
    heading "no service time, 2 servers, processors shared with them: median of $rounds runs over $rows rows"
    fill "$rows"
    for client in pattern-sync asyncio old; do
        repeat "$client" "$rounds" "$rows" 2 0
        name=cpu.$client
        goal=""
        if [ "$client" = pattern-sync ]; then goal="<= 22"; fi
        total[$client]=$(calc %.2f "($user + $system) * 1000000 / $rows")
        figure "$name.user" "  $client: processor time a row, user" "$(calc %.2f "$user * 1000000 / $rows")" us "$goal"
        figure "$name.system" "  $client: processor time a row, system" "$(calc %.2f "$system * 1000000 / $rows")" us
        figure "$name.rate" "  $client: rows/s" "$(calc %.0f "$rows / $wall")"
        figure "$name.peak" "  $client: peak memory" "$(calc %.1f "$peak / 1000000")" MB
        if [ "$client" != pattern-sync ]; then
            figure "$name.ratio" "    its processor time to ours" \
                "$(calc %.1f "${total[$client]} / ${total[pattern-sync]}")"
        fi
    done
}
