#!/bin/bash
# How much of the embedding servers' time is used, with default settings, and by the yardsticks. Called by run.sh.
# shellcheck disable=SC2154 # What is not assigned here comes from common.sh.

# The bound is what the servers can embed: servers / service time. A run counts from the start of the process to its exit.
measure_throughput() {
    local seconds=${SECONDS_A_RUN:-60} rounds=${ROUNDS:-3} milliseconds servers
    for milliseconds in 10 50 200; do
        for servers in 1 4; do
            throughput_at "$milliseconds" "$servers" "$seconds" "$rounds"
        done
    done
}

throughput_at() {
    local milliseconds=$1 servers=$2 seconds=$3 rounds=$4 bound rows rate name=throughput.$1ms.$2
    bound=$((1000 * servers / milliseconds))
    rows=$((bound * seconds))
    heading "$servers server(s) at $milliseconds ms a text: at most $bound rows/s; median of $rounds runs over $rows rows"
    fill "$rows"
    repeat pattern-sync "$rounds" "$rows" "$servers" "${milliseconds}ms"
    rate=$(calc %.3f "$rows / $wall")
    figure "$name.rate" "  rows/s" "$rate"
    figure "$name.ratio" "  ratio to the bound" "$(calc %.4f "$rate / $bound")" "" ">= 0.97"
    if [ "$milliseconds" = 50 ]; then yardsticks_at "$rate" "$name" "$@"; fi
}

yardsticks_at() {
    local ours=$1 name=$2 milliseconds=$3 servers=$4 seconds=$5 rounds=$6 rows rate
    rows=$((1000 * servers * seconds / milliseconds))
    # One run less, to save time: of two the faster one counts, in its favour.
    repeat asyncio $((rounds > 1 ? rounds - 1 : 1)) "$rows" "$servers" "${milliseconds}ms"
    rate=$(calc %.3f "$rows / $wall")
    figure "$name.asyncio.rate" "  rows/s, asyncio client" "$rate"
    figure "$name.asyncio.bound_ratio" "    ratio to the bound" "$(calc %.4f "$rate * $milliseconds / 1000 / $servers")"
    figure "$name.asyncio.ratio" "    ours to it" "$(calc %.3f "$ours / $rate")"
    # One server and one text at a time: a quarter of a run on one server tells its rate.
    rows=$((1000 * seconds / milliseconds / 4))
    fill "$rows"
    repeat old "$rounds" "$rows" "$servers" "${milliseconds}ms"
    rate=$(calc %.3f "$rows / $wall")
    figure "$name.old.rate" "  rows/s, the old script's algorithm ($rows rows)" "$rate"
    figure "$name.old.bound_ratio" "    ratio to the bound" "$(calc %.4f "$rate * $milliseconds / 1000 / $servers")"
    figure "$name.old.ratio" "    ours to it" "$(calc %.3f "$ours / $rate")"
}
