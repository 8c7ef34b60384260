#!/bin/sh
# Mirrors a table through random sequences of changes, syncs and interruptions: many more than the tests do.
#
# MIRROR_SEQUENCES says how many; MIRROR_SEED runs a single one again, as a failure tells it.
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" != inside ]; then
    swift build --build-tests
    exec scripts/with-postgres.sh scripts/torture.sh inside
fi

export TEST_DATABASE_URL="$DATABASE_URL"
unset DATABASE_URL
export MIRROR_SEQUENCES="${MIRROR_SEQUENCES:-10000}"
swift test --skip-build --filter '^MirrorTests\.'
