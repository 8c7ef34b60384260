#!/bin/sh
# Runs a command with a PostgreSQL server of its own: a fresh cluster on a unix socket, gone when the command ends.
#
#   scripts/with-postgres.sh [--tls] COMMAND [ARGUMENT …]
#
# The command finds the server in DATABASE_URL. The exit status is the command's.
#
# With --tls the server listens on localhost too, for TLS alone: POSTGRES_TLS_PORT is the port and POSTGRES_CERTIFICATES
# the folder with the certificates that scripts/certificates.sh makes. The role 'certified' has to show the client's.
set -eu

tls=
if [ "${1:-}" = --tls ]; then
    tls=yes
    shift
fi
scripts=$(cd "$(dirname "$0")" && pwd)

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

start() {
    $as_owner "$bin/pg_ctl" -D "$home/data" -l "$home/server.log" -w \
        -o "-k $home -c fsync=off -c max_connections=200 $1" start >"$home/log" 2>&1
}

port=5432
if [ -n "$tls" ]; then
    certificates="$home/certificates"
    mkdir "$certificates"
    "$scripts/certificates.sh" "$certificates" certified
    chmod 755 "$certificates"
    chmod 644 "$certificates"/*.pem
    chown "$owner" "$certificates/server.key"
    # In the file, where ALTER SYSTEM can overrule it.
    cat >>"$home/data/postgresql.conf" <<TEXT
ssl = on
ssl_cert_file = '$certificates/server.pem'
ssl_key_file = '$certificates/server.key'
ssl_ca_file = '$certificates/authority.pem'
TEXT
    cat >"$home/data/pg_hba.conf" <<TEXT
local all all trust
hostssl all certified 127.0.0.1/32 cert
hostssl all all 127.0.0.1/32 trust
TEXT
fi
tries=0
while :; do
    listen="-c listen_addresses=''"
    if [ -n "$tls" ]; then
        # Any port will do that nobody uses.
        port=$(od -An -N2 -tu2 /dev/urandom | awk '{ print 20000 + $1 % 12000 }')
        listen="-c listen_addresses=127.0.0.1 -p $port"
    fi
    if start "$listen"; then break; fi
    tries=$((tries + 1))
    if [ -z "$tls" ] || [ $tries = 5 ]; then
        cat "$home/log" "$home/server.log" >&2
        exit 1
    fi
done
chmod 711 "$home"

DATABASE_URL="postgresql:///postgres?host=$home&port=$port&user=$owner"
if [ -n "$tls" ]; then
    "$bin/psql" -q "$DATABASE_URL" -c 'CREATE ROLE certified SUPERUSER LOGIN'
    POSTGRES_TLS_PORT="$port"
    POSTGRES_CERTIFICATES="$certificates"
    export POSTGRES_TLS_PORT POSTGRES_CERTIFICATES
fi
# What the server writes, for who wants to look at its statements.
POSTGRES_LOG="$home/server.log"
export DATABASE_URL POSTGRES_LOG
"$@"
