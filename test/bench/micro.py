# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""Single operations: pairs of malloc and free, queries, walks, the census, loading, starting."""
from measure import Unmeasured, column, here, in_turn
import os
import subprocess


def pairs(bench):
    programs = bench.both("pairs")
    count = "100000" if bench.quick else "400000"
    got = in_turn({name: lambda path=path: bench.lines([path, count]) for name, path in programs.items()},
                  bench.rounds(9, 3))
    for name in got["plain"][0]:
        values = {variant: [run[name][0] for run in runs] for variant, runs in got.items()}
        bench.ratio("micro", name, "ns", values["plain"], values["reflected"])


def queries(bench):
    program = bench.cc(bench.allocscc, "query", to="query-reflected")
    got = [bench.lines([program, "50" if bench.quick else "200"]) for _ in range(bench.rounds(5))]
    for name in got[0]:
        bench.value("queries", name, "ns", [run[name][0] for run in got], got[0][name][1])


def walk(bench):
    program = bench.cc(bench.allocscc, "walk", to="walk-reflected")
    blocks = 100000 if bench.quick else 1000000
    got = [bench.lines([program, str(blocks)]) for _ in range(bench.rounds(3))]
    seen = got[0]["walk, blocks seen"][0]
    if seen < blocks:
        bench.missed("walk", f"it saw {seen:.0f} of {blocks} blocks")
    bench.value("micro", f"walk of {blocks} blocks", "ms", [run["walk, ms"][0] for run in got])
    bench.value("micro", "walk, per block", "ns", [run["walk, ns per block"][0] for run in got])


def census(bench):
    program = f"{bench.out}/walk-reflected"
    blocks = 1000000 if bench.quick else 10000000
    run = lambda option: lambda: bench.spawn([program, str(blocks), "no walk"], environment={"ALLOCS_OPTIONS": option})
    got = in_turn({"off": run("census=0"), "on": run("census=1")}, bench.rounds(3, 1))
    bench.value("micro", f"census of {blocks} blocks", "ms",
                [1e3 * (on - off) for on, off in zip(column(got["on"], "wall"), column(got["off"], "wall"))])


def images(bench):
    programs = bench.both("images")
    for variant, compiler in (("plain", bench.clang), ("reflected", bench.allocscc)):
        subprocess.run([compiler, "-O2", "-fPIC", "-shared", "-o", f"{bench.out}/image-{variant}.so",
                        f"{here}/image.c"], check=True)
    got = in_turn({variant: lambda path=path, variant=variant:
                   bench.lines([path, f"{bench.out}/image-{variant}.so"])["dlopen+dlclose"][0]
                   for variant, path in programs.items()}, bench.rounds(9, 3))
    bench.ratio("micro", "dlopen+dlclose", "us", got["plain"], got["reflected"])


def hello(bench):
    programs = bench.both("hello")
    times = 40 if bench.quick else 200
    got = in_turn({name: lambda path=path: bench.spawn([path], times=times) for name, path in programs.items()},
                  bench.rounds(11, 3))
    for name, key, unit, scale in (("start-up of hello", "wall", "ms", 1e3), ("peak RSS of hello", "peak", "MB", 1e-6)):
        values = {variant: [scale * value for value in column(runs, key)] for variant, runs in got.items()}
        bench.ratio("start", name, unit, values["plain"], values["reflected"])
        bench.value("start", f"{name}, over plain", unit,
                    [r - p for p, r in zip(values["plain"], values["reflected"])])


def preloaded(bench):
    """A program that was not recompiled; its meta files and its libraries' are made before."""
    program = bench.cc(bench.clang, "hello", ["-g"], to="hello-debug")
    command, cache = [bench.allocs_run, program], {"XDG_CACHE_HOME": f"{bench.out}/cache"}
    bench.spawn(command, environment=cache)
    times = 40 if bench.quick else 200
    got = in_turn({"plain": lambda: bench.spawn([program], times=times),
                   "library": lambda: bench.spawn([program], times=times, environment={"LD_PRELOAD": bench.preload}),
                   "allocs-run": lambda: bench.spawn(command, times=times, environment=cache)}, bench.rounds(11, 3))
    values = {variant: [1e3 * value for value in column(runs, "wall")] for variant, runs in got.items()}
    for variant, name in ("library", "start-up of hello, preloaded"), ("allocs-run", "start-up of hello, by allocs-run"):
        bench.ratio("start", name, "ms", values["plain"], values[variant])
    bench.value("start", "start-up of hello, preloaded, over plain", "ms",
                [p - q for p, q in zip(values["library"], values["plain"])])


def run(bench):
    for part in (pairs, queries, walk, census, images, hello, preloaded):
        try:
            part(bench)
        except (Unmeasured, OSError, subprocess.SubprocessError) as error:
            bench.missed(part.__name__, error)
