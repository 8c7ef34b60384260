#!/bin/sh
# Runs a command with a PostgreSQL server of its own: a fresh cluster on a unix socket, gone when the command ends.
#
#   scripts/with-postgres.sh COMMAND [ARGUMENT …]
#
# The command finds the server in DATABASE_URL. The exit status is the command's.
set -eu

tools=$(find /usr/lib/postgresql -name initdb -type f 2>/dev/null | sort -V | tail -n 1)
if [ -z "$tools" ]; then
    echo "error: PostgreSQL's server programs are missing; 'scripts/install.sh test' installs them" >&2
    exit 1
fi
bin=$(dirname "$tools")

# Short: the path of a unix socket may have 107 characters.
home=$(mktemp -d /tmp/pg.XXXXXX)

# initdb and postgres refuse to run as root.
owner=$(id -un)
as_owner=""
if [ "$(id -u)" = 0 ]; then
    owner=postgres
    as_owner="runuser -u postgres --"
    chown postgres "$home"
fi

stop() {
    if [ -f "$home/data/postmaster.pid" ]; then
        $as_owner "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The cluster lives for minutes, so its files need not survive a crash of the machine.
$as_owner "$bin/initdb" -D "$home/data" -U "$owner" -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$home/log" 2>&1 || {
    cat "$home/log" >&2
    exit 1
}
$as_owner "$bin/pg_ctl" -D "$home/data" -l "$home/server.log" -w \
    -o "-k $home -c listen_addresses='' -c fsync=off -c max_connections=200" start >"$home/log" 2>&1 || {
    cat "$home/log" "$home/server.log" >&2
    exit 1
}
chmod 711 "$home"

DATABASE_URL="postgresql:///postgres?host=$home&user=$owner"
# What the server writes, for who wants to look at its statements.
POSTGRES_LOG="$home/server.log"
export DATABASE_URL POSTGRES_LOG
"$@"
