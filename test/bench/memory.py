# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""Memory and time of many blocks of one size, while they are there and when they have gone; and where memory is limited."""
from measure import in_turn

CASES = 9


def run(bench):
    programs = bench.both("footprint")
    for case in range(CASES):
        got = in_turn({name: lambda path=path: bench.lines([path, str(case)]) for name, path in programs.items()},
                      bench.rounds(5, 1))
        for name, (_, unit) in got["plain"][0].items():
            plain, reflected = ([run[name][0] for run in got[variant]] for variant in ("plain", "reflected"))
            bench.ratio("memory", name, unit, plain, reflected)
