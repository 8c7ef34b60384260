#!/bin/sh
# What the hot paths cost: first in wall and processor time, to be read; then in instructions, which have thresholds.
#
#   Benchmarks/bench.sh          both; exits 1 when a threshold is passed
#   Benchmarks/bench.sh counts   the instructions alone
set -eu
cd "$(dirname "$0")"

if [ "${1:-}" != counts ]; then
    swift package --disable-sandbox -Xswiftc -enable-testing benchmark --target Readings
fi
./build.sh CountedWorkload
./counts.py
