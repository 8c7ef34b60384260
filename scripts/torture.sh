#!/bin/sh
# The long forms of the tests that do things at random: many more rounds than 'make test' takes.
#
#   scripts/torture.sh                 all of them, one after another
#   scripts/torture.sh 'EndToEndTests.KillTests'   those whose name begins so
#
# MIRROR_SEQUENCES says how many sequences of changes and syncs; MIRROR_SEED runs a single one again, as a failure tells it.
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" != inside ]; then
    swift build --build-tests
    exec scripts/with-postgres.sh --tls scripts/torture.sh inside "$@"
fi
shift

export TEST_DATABASE_URL="$DATABASE_URL" TORTURE=1
unset DATABASE_URL
export MIRROR_SEQUENCES="${MIRROR_SEQUENCES:-10000}"
suites="JournalFileTests PipelineTests EndToEndTests.KillTests EndToEndTests.OutageTests EndToEndTests.FaultyServersTests
EndToEndTests.QdrantProcessTests EndToEndTests.LostLockTests EndToEndTests.ResourceTests MirrorTests"
for suite in "${@:-$suites}"; do
    for name in $suite; do
        echo "== $name"
        swift test --skip-build --filter "^$name"
    done
done
