#!/usr/bin/env python3
"""Counts the instructions and allocations of each workload under callgrind, and compares them with what is recorded.

  Benchmarks/counts.py              all workloads; exits 1 when one got worse
  Benchmarks/counts.py scan splice  some of them
  RECORD=1 Benchmarks/counts.py     records what is counted as the new thresholds

Each workload runs twice, with its number of iterations and with twice as many: the difference is what an iteration
costs, without the start of the process. Everything runs on one thread, and nothing is drawn at random, so that the same
program gives the same count to a few in a hundred thousand, however busy the machine is. The journal has a thread of its
own all the same, and in the engine a clock is read: these differ by up to 4 in a thousand. The tolerances, in the
file beside the thresholds, are wider, for another compiler, C library or processor (whose instructions the latter
chooses among).
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/CountedWorkload"
THRESHOLDS = HERE / "Thresholds/instructions.json"
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"}


def workloads():
    """Name, iterations and what one is, of all workloads."""
    lines = subprocess.run([PROGRAM], check=True, capture_output=True, text=True).stdout.splitlines()
    return [(name, int(count), what) for name, count, what in (line.split("\t") for line in lines)]


def count(name, iterations, folder):
    """Instructions and allocations of a process that does so many iterations."""
    found = Path(folder) / "callgrind.out"
    environment = {
        "PATH": os.environ["PATH"],
        # A memory file system, where there is one: what the disk does is not counted anyway.
        "TMPDIR": folder,
        # Otherwise each process hashes differently.
        "SWIFT_DETERMINISTIC_HASHING": "1",
    }
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={found}", PROGRAM, name, str(iterations)]
    try:
        run = subprocess.run(command, env=environment, capture_output=True, text=True)
    except FileNotFoundError:
        sys.exit("error: valgrind is missing; 'scripts/install.sh bench' installs it")
    if run.returncode != 0:
        sys.exit(f"error: {name} failed under callgrind:\n{run.stderr}")
    try:
        return counted(found)
    finally:
        found.unlink()


def counted(path):
    """What a file of callgrind's tells: the sum of all instructions, and how often an allocator was called.

    A function's name stands behind its number the first time only: `cfn=(12) malloc`, later `cfn=(12)`.
    """
    instructions = allocations = 0
    allocators = set()
    is_allocator = False
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith(("fn=", "cfn=")):
                function = re.match(r"c?fn=(\(\d+\))(?: (.*))?", line)
                if function[2] in ALLOCATORS:
                    allocators.add(function[1])
                if line.startswith("cfn="):
                    is_allocator = function[1] in allocators
            elif line.startswith("calls=") and is_allocator:
                allocations += int(line[6:].split()[0])
            elif line.startswith(("summary:", "totals:")):
                instructions = int(line.split()[1])
    return instructions, allocations


def measure(name, iterations):
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="counts-", dir=shared) as folder:
        once = count(name, iterations, folder)
        twice = count(name, 2 * iterations, folder)
    return tuple((more - less) / iterations for less, more in zip(once, twice))


def change(now, before):
    return (now - before) / before if before else 0.0 if now < 0.5 else 1.0


def toolchain():
    version = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    found = re.search(r"Swift version (\S+)", version)
    return f"Swift {found[1] if found else 'unknown'}, {os.uname().machine}"


def main():
    chosen = sys.argv[1:]
    recorded = json.loads(THRESHOLDS.read_text())
    known = recorded["workloads"]
    everything = workloads()
    unknown = set(chosen) - {name for name, _, _ in everything}
    if unknown:
        sys.exit(f"error: no workload is called {', '.join(sorted(unknown))}")
    recording = os.environ.get("RECORD") == "1"
    if recorded["toolchain"] != toolchain():
        print(f"the thresholds are of {recorded['toolchain']}, this is {toolchain()}: they may differ for that alone\n")
    print(
        f"{'workload':17} {'instructions':>13} {'threshold':>13} {'change':>8}   {'allocations':>11} {'threshold':>10}"
    )
    worse, better = [], []
    for name, iterations, what in everything:
        if chosen and name not in chosen:
            continue
        instructions, allocations = measure(name, iterations)
        threshold = known.get(name)
        if threshold is None:
            if not recording:
                worse.append(f"{name}: nothing is recorded of it")
            threshold = {"tolerance": recorded["tolerance"], "instructions": instructions, "allocations": allocations}
        moved = change(instructions, threshold["instructions"])
        # Within the tolerance, as half an allocation, a change is chance.
        allocated = allocations - threshold["allocations"]
        slack = max(threshold["allocations"] * threshold["tolerance"], 0.5)
        print(
            f"{name:17} {instructions:13,.0f} {threshold['instructions']:13,.0f} {moved:+8.1%}"
            f"   {allocations:11,.1f} {threshold['allocations']:10,.1f}   {what}",
            flush=True,
        )
        if moved > threshold["tolerance"]:
            worse.append(f"{name}: {moved:+.1%} instructions, {threshold['tolerance']:.0%} are tolerated")
        elif moved < -threshold["tolerance"]:
            better.append(f"{name}: {moved:+.1%} instructions")
        if allocated > slack:
            worse.append(f"{name}: {allocated:+.1f} allocations")
        elif allocated < -slack:
            better.append(f"{name}: {allocated:+.1f} allocations")
        if recording:
            known[name] = {
                "instructions": round(instructions),
                "allocations": round(allocations, 1),
                "tolerance": threshold["tolerance"],
            }
    if recording:
        names = [name for name, _, _ in everything]
        recorded["workloads"] = {name: known[name] for name in names if name in known}
        recorded["toolchain"] = toolchain()
        THRESHOLDS.write_text(json.dumps(recorded, indent=2) + "\n")
        print(f"\nrecorded in {THRESHOLDS.relative_to(HERE.parent)}")
        return
    for line in better:
        print(f"better: {line}")
    if better:
        print("'RECORD=1 Benchmarks/counts.py' keeps that: it makes what was counted the new thresholds")
    for line in worse:
        print(f"WORSE: {line}")
    if worse:
        sys.exit(1)


if __name__ == "__main__":
    main()
