#!/bin/bash
# A full sync while one request in twenty fails. Called by run.sh.
# shellcheck disable=SC2154 # What is not assigned here comes from common.sh.

# Half of the failures are answers, the other half connections that break.
break_requests() {
    local share=$1 rules="" target url
    for target in embed upsert; do
        rules="$rules${rules:+,}{\"target\":\"$target\",\"kind\":\"status\",\"status\":503,\"share\":$share}"
        rules="$rules,{\"target\":\"$target\",\"kind\":\"reset\",\"share\":$share}"
    done
    for url in ${OLLAMA_BASE_URL//,/ } "$QDRANT_URL"; do
        curl --silent --fail -X PUT --data "{\"rules\":[$rules]}" "$url/_sandbox/faults" >/dev/null
    done
}

measure_faults() {
    local rows=$((80 * ${SECONDS_A_RUN:-60})) well
    heading "$rows rows, 4 servers at 50 ms a text, with and without faults"
    fill "$rows"
    start_sandbox 4 50ms
    sync
    check_points "$rows"
    well=$wall
    figure faults.without "  rows/s" "$(calc %.2f "$rows / $wall")"
    figure faults.journal "    journal bytes a row" \
        "$(calc %.2f "$(cat "$work"/journal/*/journal-* | wc -c) / $rows")"
    start_sandbox 4 50ms
    break_requests 0.025
    sync
    check_points "$rows"
    figure faults.with "  rows/s while 5 % of the requests fail" "$(calc %.2f "$rows / $wall")"
    figure faults.ratio "    ratio to the faultless run" "$(calc %.3f "$well / $wall")" "" ">= 0.90"
    figure faults.retries "    requests tried again" "$(report .retries)"
}
