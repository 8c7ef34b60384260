#!/bin/sh
# Builds everything with AddressSanitizer, then with ThreadSanitizer, and runs all tests under each.
#
#   scripts/sanitize.sh            both
#   scripts/sanitize.sh thread     one of them: address or thread
#
# Each has a build folder of its own. Fewer random sequences are tried than usual: everything takes several times as long.
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" = inside ]; then
    export TEST_DATABASE_URL="$DATABASE_URL"
    unset DATABASE_URL
    exec swift test --skip-build --sanitize="$SANITIZER" --scratch-path ".build-$SANITIZER" ${TEST_FILTER:+--filter "$TEST_FILTER"}
fi

export ASAN_OPTIONS="detect_leaks=0:detect_stack_use_after_return=0:${ASAN_OPTIONS:-}"
export TSAN_OPTIONS="halt_on_error=0:exitcode=66:${TSAN_OPTIONS:-}"
export MIRROR_SEQUENCES="${MIRROR_SEQUENCES:-25}"
for sanitizer in ${1:-address thread}; do
    echo "== $sanitizer"
    export SANITIZER="$sanitizer"
    swift build --build-tests --sanitize="$sanitizer" --scratch-path ".build-$sanitizer"
    scripts/with-postgres.sh scripts/sanitize.sh inside
done
