#!/bin/sh
# The demo from a running database to search results; scripts/demo.sh prepares it.
#
#   DATABASE_URL=… scripts/demo-steps.sh FOLDER given|throw-away
#
# FOLDER has the two programs; the word says whose the database is.
set -eu

scripts=$(cd "$(dirname "$0")" && pwd)
bin=$1
database=$2
collection=code_patterns

say() { printf '\n== %s\n' "$*"; }

fail() {
    echo "error: $*" >&2
    exit 1
}

sandbox=
clean_up() {
    if [ -n "$sandbox" ]; then
        kill "$sandbox" 2>/dev/null || true
        wait "$sandbox" 2>/dev/null || true
    fi
    rm -rf "$work"
}
work=$(mktemp -d)
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Waits until both servers accept connections: the file appears then.
start_sandbox() {
    "$bin/pattern-sync-sandbox" --ollama-port 0 --qdrant-port 0 --env-file "$work/sandbox.env" \
        >"$work/sandbox.log" 2>&1 &
    sandbox=$!
    tries=0
    while [ ! -f "$work/sandbox.env" ]; do
        tries=$((tries + 1))
        if ! kill -0 "$sandbox" 2>/dev/null || [ "$tries" -gt 100 ]; then
            cat "$work/sandbox.log" >&2
            fail "the sandbox servers did not start"
        fi
        sleep 0.1
    done
}

# The address of the sandbox's server for the variable $1.
sandbox_address() { sed -n "s/^$1=//p" "$work/sandbox.env"; }

# What is set for other servers than the sandbox's would only mislead the program.
choose_servers() {
    own_journal=
    if [ -z "${OLLAMA_BASE_URL:-}" ] || [ -z "${QDRANT_URL:-}" ]; then start_sandbox; fi
    if [ -z "${OLLAMA_BASE_URL:-}" ]; then
        unset EMBEDDING_MODEL EMBEDDING_PROVIDER EMBEDDING_API_KEY EMBEDDING_API_KEY_FILE
        OLLAMA_BASE_URL=$(sandbox_address OLLAMA_BASE_URL)
    fi
    if [ -z "${QDRANT_URL:-}" ]; then
        unset QDRANT_API_KEY QDRANT_API_KEY_FILE QDRANT_COLLECTION
        QDRANT_URL=$(sandbox_address QDRANT_URL)
        own_journal=yes
    fi
    # A checkpoint is of use only where both the table and the collection stay.
    if [ "$database" = throw-away ] || [ -n "$own_journal" ]; then
        PATTERN_SYNC_JOURNAL=$work/journal
        export PATTERN_SYNC_JOURNAL
    fi
    # A proxy is not the way to this machine.
    no_proxy="127.0.0.1,localhost${no_proxy:+,$no_proxy}"
    export OLLAMA_BASE_URL QDRANT_URL no_proxy
    collection=${QDRANT_COLLECTION:-$collection}
}

query() { PGCLIENTENCODING=UTF8 psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -c "$1"; }

rows() { query "SELECT count(*) FROM pattern_lineage_nodes WHERE pattern_type = 'code'"; }

# Prints the exact number of points for which the filter $1 holds; nothing where there is no such collection.
points() {
    key=${QDRANT_API_KEY:-}
    if [ -n "${QDRANT_API_KEY_FILE:-}" ]; then key=$(cat "$QDRANT_API_KEY_FILE"); fi
    # By standard input, since everybody on the machine can read a program's arguments.
    if [ -n "$key" ]; then printf 'header = "api-key: %s"\n' "$key"; fi |
        curl -sS -m 30 -K - -H 'content-type: application/json' -d "{\"exact\":true,\"filter\":$1}" \
            "${QDRANT_URL%/}/collections/$collection/points/count" |
        sed -n 's/.*"count": *\([0-9]*\).*/\1/p'
}

# Somebody's collection must not be mixed with patterns that are only there to show something.
refuse_foreign_points() {
    foreign=$(points '{"must_not":[{"key":"metadata.demo","match":{"value":true}}]}')
    if [ "${foreign:-0}" = 0 ]; then return; fi
    fail "the collection $collection at QDRANT_URL has $foreign points that are not of this demo; set" \
        "QDRANT_COLLECTION to another name, or DATABASE_URL to sync a table of your own"
}

fill() {
    say "Code patterns in PostgreSQL"
    table=$(query "SELECT to_regclass('pattern_lineage_nodes')") || fail "the database of DATABASE_URL cannot be used"
    if [ -n "$table" ] && [ "$(query 'SELECT EXISTS (SELECT FROM pattern_lineage_nodes)')" = t ]; then
        echo "The table pattern_lineage_nodes has rows already and stays as it is."
        return
    fi
    refuse_foreign_points
    if [ "$database" = given ]; then
        echo "The database of DATABASE_URL has no patterns: filling its table pattern_lineage_nodes with some."
    fi
    "$scripts/fill-patterns.sh"
    query "SELECT format('%s functions, cut from the sources at hand: %s.', sum(n),
               string_agg(format('%s %s', n, language), ', ' ORDER BY n DESC, language))
           FROM (SELECT language, count(*) AS n FROM pattern_lineage_nodes GROUP BY language) AS by_language"
}

search() {
    say "pattern-sync search \"$1\""
    "$bin/pattern-sync" search --limit 3 "$1"
}

show() {
    say "pattern-sync"
    "$bin/pattern-sync" --max-outage 1m
    echo "PostgreSQL has $(rows) patterns, Qdrant has $(points '{}') points in $collection."
    search "percent-encode the characters of a URL"
    search "exchange an atomic value only when it is equal to the expected one"
    say "pattern-sync --incremental"
    "$bin/pattern-sync" --incremental
    say "pattern-sync verify"
    "$bin/pattern-sync" verify
}

tell_more() {
    say "What to try next"
    cat <<'TEXT'
  .build/release/pattern-sync --help
  DATABASE_URL=… QDRANT_URL=… OLLAMA_BASE_URL=… .build/release/pattern-sync --dry-run   tells what it would do
  DATABASE_URL=… QDRANT_URL=… OLLAMA_BASE_URL=… make demo                               with servers of your own
TEXT
}

choose_servers
fill
show
tell_more
