# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""count.py PLAIN REFLECTED WHAT=LIMIT...: instructions per operation, by callgrind; an error if one is above its limit.

WHAT is as in Inputs/work.c. For what the plain program does, too, the limit is of what the reflected one needs more.
"""
import re
import subprocess
import sys

N = {"threads": 200}  # valgrind has no more than 500 at once
BOTH = ("pair", "list", "threads")


def total(program, what, n):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, what, str(n)],
                          capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise SystemExit(f"callgrind: status {done.returncode}: {done.stderr[-1000:]}")
    return int(found[1])


def each(program, what):
    n = N.get(what, 4000)
    return (total(program, what, 2 * n) - total(program, what, n)) / n


failed = False
for argument in sys.argv[3:]:
    name, limit = argument.split("=")
    count = each(sys.argv[2], name) - (each(sys.argv[1], name) if name in BOTH else 0)
    within = 0 < count <= float(limit)
    failed |= not within
    print(f"{name}: {count:.1f} instructions, at most {limit}: {'yes' if within else 'no'}")
sys.exit(failed)
