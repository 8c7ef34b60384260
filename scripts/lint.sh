#!/bin/sh
# Checks that can be made without running the program: layout, shell scripts, and who knows whom.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "error: $1" >&2
    exit 1
}

swift format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Benchmarks \
    Fuzz/Package.swift Fuzz/Sources
shellcheck .ci/run scripts/*.sh perf/*.sh Benchmarks/*.sh
python3 -c 'import ast, sys; [ast.parse(open(path, encoding="utf-8").read(), path) for path in sys.argv[1:]]' \
    perf/*.py perf/yardsticks/*.py Benchmarks/*.py

# The engine stays free of C, input and output, Foundation and loggers.
if grep -rnE '^ *(@_exported )?(public |package |internal |private )?import ' Sources/Pipeline |
    grep -vE 'import (DequeModule)$'; then
    fail "Sources/Pipeline imports something beside collections"
fi

# An adapter never knows another one.
adapters="Postgres Embedding Qdrant JournalFile"
for adapter in $adapters; do
    for other in $adapters; do
        if [ "$adapter" != "$other" ] && grep -rn "import $other\$" "Sources/$adapter"; then
            fail "the adapter $adapter imports the adapter $other"
        fi
    done
done

# A C library is known to its one wrapper only, and no C type stands in a public signature.
for pair in CLibPQ:Postgres CLibCurl:CurlHTTP CLibZstd:JournalFile; do
    library=${pair%%:*}
    wrapper=${pair##*:}
    if grep -rn "import $library\$" Sources | grep -v "^Sources/$wrapper/"; then
        fail "$library is imported outside of $wrapper"
    fi
    if grep -rnE "(public|package) import $library\$" Sources; then
        fail "$library shows in a public signature"
    fi
done

# The product has one HTTP client and no sandbox in it.
if grep -rnE 'import (FoundationNetworking|SandboxServers)$' Sources/pattern-sync Sources/Bench Sources/Pipeline Sources/Postgres \
    Sources/Embedding Sources/Qdrant Sources/JournalFile Sources/CurlHTTP Sources/WireJSON Sources/Settings Sources/Threading; then
    fail "the product imports what must not be linked into it"
fi

# What is not sure to be safe is said why.
if grep -rn '@unchecked Sendable' Sources Tests | grep -v '^[^:]*:[0-9]*: *//' | while IFS=: read -r file line _; do
    sed -n "$((line - 4)),$((line + 6))p" "$file" | grep -q '//.*@unchecked\|//.*Sendable' || echo "$file:$line"
done | grep .; then
    fail "@unchecked Sendable without a comment that proves it"
fi
echo "lint: clean"
