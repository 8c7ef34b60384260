#!/bin/bash
# What the sections share: a table, the sandbox, clients that are run and what they cost, figures. Sourced by run.sh.
# shellcheck disable=SC2154 # $bin, $venv, $figures and $work come from run.sh.

sandbox_pid=""
heading=""

stop_sandbox() {
    if [ -n "$sandbox_pid" ]; then
        kill "$sandbox_pid" 2>/dev/null || true
        wait "$sandbox_pid" 2>/dev/null || true
        sandbox_pid=""
    fi
}

# start_sandbox SERVERS SERVICE_TIME [OPTION …]: fresh servers, which have nothing yet.
start_sandbox() {
    local servers=$1 time=$2
    shift 2
    stop_sandbox
    rm -f "$work/env"
    "$bin/pattern-sync-sandbox" --ollama-port 0 --qdrant-port 0 --ollama-servers "$servers" --service-time "$time" "$@" \
        --env-file "$work/env" >"$work/sandbox.log" 2>&1 &
    sandbox_pid=$!
    until [ -f "$work/env" ]; do
        kill -0 "$sandbox_pid" 2>/dev/null || { cat "$work/sandbox.log" >&2; exit 1; }
        sleep 0.05
    done
    set -a
    # shellcheck disable=SC1091
    . "$work/env"
    set +a
}

# A table of so many rows, each with some 600 characters of code.
fill() {
    psql -X -q "$DATABASE_URL" <<SQL
SET client_min_messages = warning;
DROP TABLE IF EXISTS pattern_lineage_nodes;
CREATE TABLE pattern_lineage_nodes (id uuid PRIMARY KEY, pattern_id varchar, pattern_name varchar, pattern_type varchar,
    pattern_version varchar, pattern_data jsonb, metadata jsonb, file_path text, language varchar,
    created_at timestamptz DEFAULT now());
INSERT INTO pattern_lineage_nodes (id, pattern_id, pattern_name, pattern_type, pattern_data, metadata, file_path, language)
SELECT md5(i::text)::uuid, 'p' || i, 'pattern_' || i, 'code',
       jsonb_build_object('code', 'def pattern_' || i || E'(items):\\n' || repeat('    total = total + items[' || i || E']\\n', 17)),
       jsonb_build_object('number', i, 'tags', jsonb_build_array('a', 'b')), 'src/module_' || i % 100 || '.py', 'python'
FROM generate_series(1, $1) AS i;
ANALYZE pattern_lineage_nodes;
SQL
}

# run_client pattern-sync|asyncio|old: leaves what it cost in $wall, $user and $system, in seconds, and $peak, in bytes.
run_client() {
    local command
    case $1 in
    pattern-sync)
        rm -rf "$work/journal"
        command=("$bin/pattern-sync" --journal "$work/journal" --report "$work/report.json" --no-progress --log-level error)
        ;;
    asyncio) command=("$venv/bin/python" perf/yardsticks/asyncio_client.py) ;;
    old) command=("$venv/bin/python" perf/yardsticks/old_script.py) ;;
    esac
    "$venv/bin/python" perf/measured.py "$work/cost" "${command[@]}" >"$work/out" 2>"$work/errors" || {
        cat "$work/errors" >&2
        exit 1
    }
    # shellcheck disable=SC2034 # For the sections.
    read -r wall user system peak <"$work/cost"
}

# A full sync; leaves its report too.
sync() { run_client pattern-sync; }

# An incremental one; leaves its report.
incremental() {
    "$bin/pattern-sync" --incremental --journal "$work/journal" --report "$work/report.json" --no-progress \
        --log-level error >"$work/out" 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
}

# check_points ROWS: a client that stored less than all has not earned its figures.
check_points() {
    local found
    found=$(curl --silent --fail -X POST -H 'Content-Type: application/json' --data '{"exact":true}' \
        "$QDRANT_URL/collections/code_patterns/points/count" | jq .result.count)
    if [ "$found" != "$1" ]; then
        echo "error: $found points, expected $1" >&2
        exit 1
    fi
}

# repeat CLIENT ROUNDS ROWS SERVERS SERVICE_TIME: the medians of several runs, each with fresh servers.
repeat() {
    local client=$1 rounds=$2 rows=$3 servers=$4 time=$5
    : >"$work/rounds"
    for round in $(seq "$rounds"); do
        start_sandbox "$servers" "$time"
        run_client "$client"
        check_points "$rows"
        echo "$wall $user $system $peak" >>"$work/rounds"
        progress "$client, $rows rows, $servers x $time, round $round of $rounds: $wall s"
    done
    wall=$(median 1) user=$(median 2) system=$(median 3) peak=$(median 4)
}

# median COLUMN, of what repeat has seen; of an even number the lower middle.
median() { awk -v column="$1" '{ print $column }' "$work/rounds" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

report() { jq -r "$1" "$work/report.json"; }
calc() { awk "BEGIN { printf \"$1\", $2 }"; }
progress() { echo "  ... $*" >&2; }

# figure NAME WHAT VALUE [UNIT [GOAL]]: a line of the table, and of the results under its name.
#
# A goal is a comparison such as '>= 0.97'. UNIT may be empty.
figure() {
    local name=$1 what=$2 value=$3 unit=${4:-} goal=${5:-} met=null
    if [ -n "$goal" ]; then
        met=$(awk "BEGIN { print (($value $goal) ? \"true\" : \"false\") }")
    fi
    printf '%-58s %12s %-5s %s\n' "$what" "$value" "$unit" \
        "${goal:+goal $goal$([ "$met" = true ] || echo '  MISSED')}"
    jq -n -c --arg name "$name" --arg of "$heading" --arg what "$what" --argjson value "$value" --arg unit "$unit" \
        --arg goal "$goal" --argjson met "$met" '{name: $name, of: $of, what: ($what | sub("^ +"; "")), value: $value,
            unit: $unit, goal: $goal, met: $met}' >>"$figures"
}

# What the figures below it are of.
heading() {
    heading=$1
    printf '\n%s\n' "$1"
}
