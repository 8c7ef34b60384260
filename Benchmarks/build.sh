#!/bin/sh
# Builds a program of this package as it is measured: 'Benchmarks/build.sh PRODUCT'.
#
# The flags stand here because a manifest may not have them. The workloads reach what is not public, as tests do; and
# valgrind before 3.20 chokes on the debugging information of newer compilers. Those for the compiler are the same as in
# bench.sh, the sandbox's included, so that neither makes the other build everything anew.
set -eu
cd "$(dirname "$0")"
swift build -c release --disable-sandbox -Xswiftc -enable-testing -Xlinker --strip-debug --product "$1"
