#!/bin/bash
# A short run, where its start and its end count most. Called by run.sh.
# shellcheck disable=SC2154 # What is not assigned here comes from common.sh.

measure_tail() {
    local rows=${TAIL_ROWS:-971} rounds=${TAIL_ROUNDS:-5} bound ours
    bound=$(calc %.4f "$rows * 0.05 / 4")
    heading "$rows rows, 4 servers at 50 ms a text: at least $bound s; median of $rounds runs"
    fill "$rows"
    repeat pattern-sync "$rounds" "$rows" 4 50ms
    ours=$wall
    figure tail.seconds "  seconds, start to exit" "$(calc %.3f "$wall")" s
    figure tail.ratio "  ratio to the bound" "$(calc %.4f "$bound / $wall")" "" ">= 0.98"
    repeat asyncio "$rounds" "$rows" 4 50ms
    figure tail.asyncio.seconds "  seconds, asyncio client" "$(calc %.3f "$wall")" s
    figure tail.asyncio.bound_ratio "    ratio to the bound" "$(calc %.4f "$bound / $wall")"
    figure tail.asyncio.ratio "    ours to it, in rate" "$(calc %.3f "$wall / $ours")"
}
