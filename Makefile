# The verbs of the repository. Each installs what it needs.

SWIFT ?= swift

.PHONY: build release demo test torture sanitize fuzz lint format bench perf clean

build:
	scripts/install.sh build
	$(SWIFT) build

release:
	scripts/install.sh build
	$(SWIFT) build -c release --static-swift-stdlib --product pattern-sync

demo:
	scripts/demo.sh

# A throw-away PostgreSQL; the other servers are the sandbox's, unless QDRANT_URL and OLLAMA_BASE_URL name real ones.
# Benchmarks and Fuzz are type-checked before.
test:
	scripts/install.sh build test
	scripts/test.sh

# The long forms of what is done at random: damage, kills, sequences of changes and syncs. Takes hours.
torture:
	scripts/install.sh build test
	scripts/torture.sh

# All tests under AddressSanitizer and ThreadSanitizer, each in a build folder of its own.
sanitize:
	scripts/install.sh build test
	scripts/sanitize.sh

# What damaged answers, journals and configuration files can do: each fuzzer runs for FUZZ_SECONDS, 60 by default.
fuzz:
	scripts/install.sh build
	scripts/fuzz.sh

lint:
	scripts/install.sh build test
	scripts/lint.sh

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Benchmarks \
		Fuzz/Package.swift Fuzz/Sources

# What the hot paths cost; fails where one needs more instructions or allocations than is recorded in
# Benchmarks/Thresholds. What is meant to cost more, or less, is recorded anew by 'RECORD=1 Benchmarks/counts.py' after a
# 'make bench', and committed (see there).
bench:
	scripts/install.sh build bench
	Benchmarks/bench.sh

# The whole program and two yardsticks against the sandbox, for some 40 minutes (see perf/README.md).
perf:
	scripts/install.sh build test perf
	perf/run.sh

clean:
	rm -rf .build .build-* Benchmarks/.build Fuzz/.build perf/yardsticks/__pycache__
