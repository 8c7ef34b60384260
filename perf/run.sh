#!/bin/bash
# Measures the program and two yardsticks against the sandbox. README.md beside it tells how to read what it prints.
#
#   perf/run.sh                     all sections, some 40 minutes after the build; the results go to perf/results
#   perf/run.sh throughput tail     some of them; the results go to .build-perf/results
#   QUICK=1 perf/run.sh             all of them with so few rows that it is a test of the harness, in a few minutes
#
# A section that fails is told and makes the exit status 1; the others are measured all the same. A missed goal is told.
set -euo pipefail
cd "$(dirname "$0")/.."

sections="throughput tail cpu scale memory incremental faults journal"
venv=.build-perf/venv

prepare_yardsticks() {
    if ! cmp -s perf/yardsticks/requirements.txt "$venv/requirements.txt"; then
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
            -r perf/yardsticks/requirements.txt
        cp perf/yardsticks/requirements.txt "$venv/"
    fi
}

# What was measured on, as JSON.
machine() {
    jq -n -c --arg date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg system \
        "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" \
        --arg kernel "$(uname -sr | sed "s/-.*//")" --arg processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
        --argjson processors "$(nproc)" --argjson memory "$(awk '/^MemTotal/ { printf "%.0f", $2 * 1024 }' /proc/meminfo)" \
        --arg commit "$(git describe --always --dirty 2>/dev/null || true)" \
        --arg swift "$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)" \
        --arg postgres "$(psql -X -q -A -t "$DATABASE_URL" -c 'SHOW server_version')" \
        --arg python "$("$venv/bin/python" -c 'import platform; print(platform.python_version())')" \
        '{date: $date, system: $system, kernel: $kernel, processor: $processor, processors: $processors,
          memory_bytes: $memory, commit: $commit, swift: $swift, postgresql: $postgres, python: $python}'
}

# One section, in a process of its own: what fails in it ends nothing else.
section() {
    local name=$1 bin=$2 figures=$3 work
    work=$(mktemp -d /tmp/perf.XXXXXX)
    # shellcheck source-path=SCRIPTDIR
    . perf/common.sh
    # shellcheck source=/dev/null
    . "perf/$name.sh"
    # shellcheck disable=SC2064 # The folder's name is known now.
    trap "stop_sandbox; rm -rf '$work'" EXIT
    "measure_$name"
}

# The sections one after another, on one database server.
measure() {
    local bin=$1 results=$2 figures failed="" began name
    shift 2
    figures=$(mktemp /tmp/perf.XXXXXX)
    # shellcheck disable=SC2064 # The file's name is known now.
    trap "rm -f '$figures'" EXIT
    machine >"$results/machine.json"
    jq -r '"\(.system), \(.processors) x \(.processor), \(.memory_bytes / 1e9 | round) GB, \(.kernel)",
        "Swift \(.swift), PostgreSQL \(.postgresql), Python \(.python); commit \(.commit); \(.date)"' "$results/machine.json"
    for name in "$@"; do
        began=$SECONDS
        if ! perf/run.sh --section "$name" "$bin" "$figures"; then
            echo "FAILED: $name"
            failed="$failed $name"
        fi
        echo "  ... section $name took $((SECONDS - began)) s" >&2
    done
    jq -s --slurpfile machine "$results/machine.json" --arg failed "${failed# }" '{
            machine: $machine[0], failed: ($failed | split(" ")),
            series: (map(select(.series)) | map({key: .name, value: .series}) | from_entries),
            figures: (map(select(.series | not)) | map({key: .name, value: del(.name)}) | from_entries)
        }' "$figures" >"$results/latest.json"
    rm "$results/machine.json"
    python3 perf/plot.py "$results/latest.json" "$results/throughput.svg"
    python3 perf/summary.py "$results/latest.json" >"$results/summary.md"
    echo
    jq -r '[.figures[] | select(.met != null)] as $goals | [$goals[] | select(.met == false)] as $missed
        | "\($goals | length) goals, \($missed | length) of them missed"' "$results/latest.json"
    if [ -n "$failed" ]; then
        echo "error: these sections failed:$failed" >&2
        exit 1
    fi
}

case ${1:-} in
--section)
    shift
    section "$@"
    exit
    ;;
--measure)
    shift
    measure "$@"
    exit
    ;;
esac

results=perf/results
if [ $# -gt 0 ] || [ -n "${QUICK:-}" ]; then results=.build-perf/results; fi
# shellcheck disable=SC2086 # The sections are words.
[ $# -gt 0 ] || set -- $sections
for name in "$@"; do
    case " $sections " in
    *" $name "*) ;;
    *)
        echo "error: '$name' is no section, expected some of: $sections" >&2
        exit 2
        ;;
    esac
done
if [ -n "${QUICK:-}" ]; then
    export SECONDS_A_RUN=${SECONDS_A_RUN:-4} ROUNDS=${ROUNDS:-1} TAIL_ROWS=${TAIL_ROWS:-97} TAIL_ROUNDS=${TAIL_ROUNDS:-1}
    export CPU_ROWS=${CPU_ROWS:-1000} CPU_ROUNDS=${CPU_ROUNDS:-1} ROWS=${ROWS:-1000} MANY_ROWS=${MANY_ROWS:-2000}
    export MOST_ROWS=${MOST_ROWS:-20000} JOURNAL_ROWS=${JOURNAL_ROWS:-10000}
fi
mkdir -p "$results"
prepare_yardsticks
swift build -c release --static-swift-stdlib --product pattern-sync >&2
swift build -c release --static-swift-stdlib --product pattern-sync-sandbox >&2
case " $* " in *" journal "*) Benchmarks/build.sh JournalCost >&2 ;; esac
bin=$(swift build -c release --static-swift-stdlib --show-bin-path)
scripts/with-postgres.sh perf/run.sh --measure "$bin" "$results" "$@" | tee "$results/latest.txt"
