#!/bin/sh
# Shows the whole way: installs what is missing, builds, fills a table with real code patterns, syncs it and searches.
#
#   scripts/demo.sh
#
# Servers that DATABASE_URL, OLLAMA_BASE_URL and QDRANT_URL name are used; for each that is not set, a throw-away one
# is started on a free port and stopped at the end.
set -eu

scripts=$(cd "$(dirname "$0")" && pwd)
cd "$scripts/.."

log=$(mktemp)
progress=
trap 'stop_progress; rm -f "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# On a terminal the compiler's last line shows that something happens.
start_progress() {
    if [ ! -t 2 ]; then return; fi
    while sleep 1; do printf '\r\033[K%.78s' "$(tail -n 1 "$log")" >&2; done &
    progress=$!
}

stop_progress() {
    if [ -z "$progress" ]; then return; fi
    kill "$progress" 2>/dev/null || true
    wait "$progress" 2>/dev/null || true
    progress=
    printf '\r\033[K' >&2
}

# Quiet, unless it fails.
build() {
    start_progress
    status=0
    swift build -c release --product "$1" >"$log" 2>&1 || status=$?
    stop_progress
    if [ "$status" = 0 ]; then return; fi
    cat "$log" >&2
    echo "error: 'swift build -c release --product $1' failed" >&2
    exit 1
}

if [ -n "${DATABASE_URL:-}" ]; then
    "$scripts/install.sh" build client
else
    "$scripts/install.sh" build demo
fi

echo "Building pattern-sync, optimised; the first time this takes minutes."
build pattern-sync
if [ -z "${OLLAMA_BASE_URL:-}" ] || [ -z "${QDRANT_URL:-}" ]; then build pattern-sync-sandbox; fi
bin=$(swift build -c release --show-bin-path)

if [ -n "${DATABASE_URL:-}" ]; then
    "$scripts/demo-steps.sh" "$bin" given
else
    # What is meant for another database must not reach this one.
    unset DATABASE_URL_FILE PGOPTIONS PGSERVICE PGSSLMODE
    "$scripts/with-postgres.sh" "$scripts/demo-steps.sh" "$bin" throw-away
fi
