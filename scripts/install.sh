#!/bin/sh
# Installs what is missing on Debian and Ubuntu, and nothing else.
#
#   scripts/install.sh PURPOSE…
#
#   build    what 'swift build' needs beside the Swift toolchain, which is looked for but not installed
#   runtime  the libraries that the finished program needs
#   test     what the tests and the checks of the shell scripts need
#   bench    what counting the instructions of the hot paths needs
#   perf     what the yardsticks of perf/ need
#   demo     what the demo needs
#   client   the same where PostgreSQL runs elsewhere
set -eu

swift_wanted=6.2

# What is announced is seen, too, where a command's own output goes to the log.
exec 3>&2

fail() {
    echo "error: $*" >&2
    exit 1
}

# Alternatives, as "first|second", are the names that one thing has in different releases or in which it may be there
# already; a name may be a pattern, except the first.
packages_for() {
    case $1 in
    build)
        # The libraries that the toolchain's own programs want, then what compiles and links: Clang takes the C++
        # library from the compiler packages of the system.
        echo "libcurl4|libcurl4t64 libncurses6 libsqlite3-0 libxml2|libxml2-[0-9]* tzdata" \
            "ca-certificates git pkg-config|pkgconf g++|libstdc++-[0-9]*-dev libc6-dev" \
            "libpq-dev libcurl4-openssl-dev|libcurl4-gnutls-dev libzstd-dev"
        ;;
    runtime) echo "ca-certificates libcurl4|libcurl4t64 libpq5 libstdc++6 libzstd1" ;;
    test) echo "curl jq openssl postgresql|postgresql-[0-9][0-9] python3 shellcheck socat zstd" ;;
    bench) echo "python3 valgrind" ;;
    perf) echo "curl jq postgresql|postgresql-[0-9][0-9] procps python3 python3-venv zstd" ;;
    client) echo "curl postgresql-client|postgresql-client-[0-9][0-9]" ;;
    demo) echo "curl postgresql|postgresql-[0-9][0-9]" ;;
    *) fail "'$1' is no purpose, expected build, runtime, test, bench, perf, demo or client" ;;
    esac
}

is_installed() {
    dpkg-query -W -f '${db:Status-Abbrev}\n' "$1" 2>/dev/null | grep -q '^.i'
}

any_is_installed() {
    for name in $(alternatives "$1"); do
        if is_installed "$name"; then return 0; fi
    done
    return 1
}

alternatives() {
    echo "$1" | tr '|' ' '
}

missing_for() {
    for purpose in "$@"; do
        for wanted in $(packages_for "$purpose"); do
            any_is_installed "$wanted" || echo "$wanted"
        done
    done | sort -u
}

# The first alternative that the release has.
resolve() {
    for name in $(alternatives "$1"); do
        if apt-cache show --no-all-versions "$name" 2>/dev/null | grep -q '^Package:'; then
            echo "$name"
            return
        fi
    done
    fail "this release has no package '$1'"
}

# Says what it does to the system before it does it.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        echo "+ $*" >&3
        "$@"
    else
        command -v sudo >/dev/null || fail "root's rights are needed for: $*"
        echo "+ sudo $*" >&3
        sudo "$@"
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail "apt-get failed; the whole of what it said is above or in /var/log/apt/term.log"
    }
}

# Only PostgreSQL's programs are wanted: without this its package would also create a database cluster and start it.
# The setting is taken away again, since a cluster may well be wanted later.
without_main_cluster() {
    folder=/etc/postgresql-common/createcluster.d
    as_root mkdir -p "$folder"
    echo 'create_main_cluster = false' | as_root tee "$folder/pattern-sync.conf" >/dev/null
    apt_get "$@"
    as_root rm -f "$folder/pattern-sync.conf"
}

install_packages() {
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    apt_get update
    names=
    for wanted in "$@"; do names="$names $(resolve "$wanted")"; done
    installer=apt_get
    case " $names " in *" postgresql "*) installer=without_main_cluster ;; esac
    # shellcheck disable=SC2086 # the names are words
    "$installer" install --no-install-recommends $names
}

swift_version() {
    swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

explain_swift() {
    cat >&2 <<'TEXT'
This installs it:

  curl -O "https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz" &&
    tar zxf "swiftly-$(uname -m).tar.gz" && ./swiftly init && . ~/.local/share/swiftly/env.sh
TEXT
    if command -v docker >/dev/null; then
        cat >&2 <<'TEXT'

Or build and run in containers, without a toolchain here (see .env.example):

  docker compose run --rm pattern-sync-init
TEXT
    fi
}

check_swift() {
    found=$(swift_version)
    lowest=$(printf '%s\n' "$swift_wanted" "${found:-0}" | sort -V | head -n 1)
    if [ "$lowest" = "$swift_wanted" ]; then return; fi
    if [ -z "$found" ]; then
        swift --version >&2 || true
        fail "$(command -v swift) does not run"
    fi
    echo "error: Swift $found is too old, expected $swift_wanted or newer" >&2
    explain_swift
    exit 1
}

require_swift() {
    if command -v swift >/dev/null; then return; fi
    echo "error: no Swift toolchain is in PATH, expected $swift_wanted or newer" >&2
    explain_swift
    exit 1
}

if [ $# = 0 ]; then
    sed -n 's/^# \{0,1\}//; 2,12p' "$0" >&2
    exit 2
fi
for purpose in "$@"; do
    packages_for "$purpose" >/dev/null
    if [ "$purpose" = build ]; then require_swift; fi
done
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    for purpose in "$@"; do echo "$purpose: $(packages_for "$purpose")" >&2; done
    fail "apt-get is missing; install what these packages of Debian hold (| is 'or'), then leave this step out"
fi
missing=$(missing_for "$@")
# shellcheck disable=SC2086 # the names are words
if [ -n "$missing" ]; then install_packages $missing; fi
case " $* " in *" build "*) check_swift ;; esac
