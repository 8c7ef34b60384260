#!/bin/sh
# Lets libFuzzer look for inputs that break the properties in Fuzz/Sources, each for FUZZ_SECONDS.
#
#   scripts/fuzz.sh                      all of them, one after another
#   scripts/fuzz.sh Journal VectorScan   some of them
#   scripts/fuzz.sh --keep Journal       afterwards adds to Fuzz/Corpus what reached new code: a file each, the smallest
#
# An input that breaks a property is saved in Fuzz/.build/broken; the fuzzer tries it alone when it is given as an argument.
set -eu
cd "$(dirname "$0")/.."

keep=""
if [ "${1:-}" = --keep ]; then
    keep=yes
    shift
fi
[ $# -gt 0 ] || set -- VectorScan JSONEquality Journal Configuration

# The flags stand here because a manifest may not have them. The linker that is found by default cannot do this.
build() {
    swift build --package-path Fuzz -c release -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing \
        -Xswiftc -use-ld=lld -Xcc -fsanitize=fuzzer-no-link,address "$@"
}

# What Swift's runtime never gives back is no leak.
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
for name in "$@"; do
    echo "== $name"
    build --product "Fuzz$name"
    fuzzer=Fuzz/.build/release/Fuzz$name
    found=Fuzz/.build/found/$name
    mkdir -p "$found" Fuzz/.build/broken
    "$fuzzer" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=4096 -timeout=10 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="Fuzz/.build/broken/$name-" "$found" "Fuzz/Corpus/$name"
    if [ -n "$keep" ]; then
        "$fuzzer" -set_cover_merge=1 -verbosity=0 "Fuzz/Corpus/$name" "$found"
    fi
done
