#!/bin/sh
# Builds everything with AddressSanitizer, then with ThreadSanitizer, and runs the tests under each.
#
#   scripts/sanitize.sh                         both
#   scripts/sanitize.sh thread                  one of them: address or thread
#   scripts/sanitize.sh thread 'QdrantTests'    only tests whose name begins so
#
# Each has a build folder of its own. Everything takes several times as long, so that fewer tests run at once and fewer random
# sequences are tried than usual.
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" = inside ]; then
    export TEST_DATABASE_URL="$DATABASE_URL"
    unset DATABASE_URL
    for group in $2; do
        echo "== $group"
        swift test --skip-build --sanitize="$SANITIZER" --scratch-path ".build-$SANITIZER" --filter "^$group" \
            --experimental-maximum-parallelization-width 4
    done
    exit
fi

sanitizers=${1:-address thread}
groups=${2:-PipelineTests BenchTests WireJSONTests SettingsTests JournalFileTests CurlHTTPTests EmbeddingTests QdrantTests
    SandboxServersTests PostgresTests EndToEndTests MirrorTests}
# What Swift's runtime never gives back is no leak.
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
export TSAN_OPTIONS="suppressions=$PWD/scripts/thread-sanitizer.supp${TSAN_OPTIONS:+:$TSAN_OPTIONS}"
export MIRROR_SEQUENCES="${MIRROR_SEQUENCES:-25}"
for sanitizer in $sanitizers; do
    echo "== $sanitizer"
    export SANITIZER="$sanitizer"
    swift build --build-tests --sanitize="$sanitizer" --scratch-path ".build-$sanitizer"
    scripts/with-postgres.sh --tls scripts/sanitize.sh inside "$groups"
done
