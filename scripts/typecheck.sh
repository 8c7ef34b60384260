#!/bin/sh
# Type-checks what is in Benchmarks and Fuzz against the modules that 'swift build --build-tests' has made: packages of
# their own, with flags of their own, they would have to build everything anew. What nobody builds for weeks still fits.
#
# Readings.swift is left out: it takes a package that nothing else needs.
set -eu
cd "$(dirname "$0")/.."

modules=$(swift build --show-bin-path)/Modules
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# check MODULE FOLDER
check() {
    find "$2" -name '*.swift' >"$made/files"
    swiftc -swift-version 6 -parse-as-library -enable-testing -emit-module -module-name "$1" -o "$made/$1.swiftmodule" \
        -I "$modules" -I "$made" -I .build/checkouts/Yams/Sources/CYaml/include \
        -Xcc -fmodule-map-file=Sources/CLibCurl/module.modulemap \
        -Xcc -fmodule-map-file=Sources/CLibZstd/module.modulemap "@$made/files"
}

check Workloads Benchmarks/Benchmarks/Workloads
check Fuzzing Fuzz/Sources/Fuzzing
for name in CountedWorkload JournalCost; do check "$name" "Benchmarks/Benchmarks/$name"; done
for name in VectorScan JSONEquality Journal Configuration; do check "Fuzz$name" "Fuzz/Sources/Fuzz$name"; done
echo "typecheck: clean"
