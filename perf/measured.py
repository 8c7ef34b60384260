#!/usr/bin/env python3
"""Runs a command and writes what it cost: wall, user and system seconds, and its peak memory in bytes, in one line.

  perf/measured.py FILE COMMAND [ARGUMENT …]

All programs are so measured in the same way, from outside, from the start of the process to its exit.
"""

import os
import sys
import time

file, *command = sys.argv[1:]
began = time.monotonic()
process = os.posix_spawnp(command[0], command, os.environ)
_, status, use = os.wait4(process, 0)
wall = time.monotonic() - began
with open(file, "w", encoding="ascii") as costs:
    print(f"{wall:.6f} {use.ru_utime:.6f} {use.ru_stime:.6f} {use.ru_maxrss * 1024}", file=costs)
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
