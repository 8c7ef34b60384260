#!/bin/bash
# Measures a full sync while one request in twenty fails. Called by run.sh, which brings the functions.
# shellcheck disable=SC2154 # What is not assigned here comes from run.sh.

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

# measure_faults ROWS RATE: the rate is that of the same sync without faults.
measure_faults() {
    local rows=$1 well=$2 rate
    fill "$rows"
    start_sandbox 4 50ms
    break_requests 0.025
    sync
    rate=$(report .rows_per_second)
    line "rows/s, the same while 5 % of the requests fail" "$(calc %.2f "$rate")" ""
    line "  ratio to the faultless run" "$(calc %.3f "$rate / $well")" "goal >= 0.90"
    line "  requests tried again" "$(report .retries)" ""
}
