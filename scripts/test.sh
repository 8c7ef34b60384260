#!/bin/sh
# Runs all tests, the quick ones first: what they find is known before the slow ones begin.
#
# The tests get a PostgreSQL of their own; the other servers are the sandbox's, unless OLLAMA_BASE_URL and QDRANT_URL
# name real ones. Each group is a process of its own, so that the processor time one takes is not another's delay.
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" != inside ]; then
    swift build --build-tests
    scripts/typecheck.sh
    exec scripts/with-postgres.sh --tls scripts/test.sh inside
fi

export TEST_DATABASE_URL="$DATABASE_URL"
unset DATABASE_URL
for group in 'BenchTests|PipelineTests|SettingsTests|WireJSONTests' 'CurlHTTPTests|EmbeddingTests|QdrantTests|SandboxServersTests' \
    JournalFileTests PostgresTests MirrorTests EndToEndTests; do
    echo "== $group"
    swift test --skip-build --filter "^($group)\\."
done
