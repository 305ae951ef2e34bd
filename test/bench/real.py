# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""Real programs: time, memory, size and start-up, plain and reflected, with the census on and off."""
import os
import subprocess
import programs
import redis
from measure import Unmeasured, column, in_turn, loaded, named

CENSUS = {"ALLOCS_OPTIONS": "census=1"}


def ratios(bench, name, got):
    for key, what, unit, scale in (("cpu", "time", "s", 1), ("peak", "peak RSS", "MB", 1e-6)):
        plain = [scale * value for value in column(got["plain"], key)]
        for variant, label in (("reflected", what), ("census", f"{what}, census on")):
            if key == "cpu" or variant == "reflected":
                bench.ratio("real", f"{name}: {label}", unit, plain,
                            [scale * value for value in column(got[variant], key)])


def run_program(bench, program, large):
    def job(variant, environment=None):
        command = program.command(programs.folder(bench, program.project, variant), bench.quick)
        return lambda: bench.spawn(command, cwd=bench.out, stdin=large if program.stdin else None,
                                   environment=environment)
    jobs = {"plain": job("plain"), "reflected": job("reflected"), "census": job("reflected", CENSUS)}
    ratios(bench, program.name, in_turn(jobs, bench.rounds(7)))


def start_up(bench, name, project, path, arguments):
    def job(variant):
        command = [f"{programs.folder(bench, project, variant)}/{path}", *arguments]
        return lambda: bench.spawn(command, times=20)
    got = in_turn({variant: job(variant) for variant in ("plain", "reflected")}, bench.rounds(7))
    milliseconds = {variant: [1e3 * value for value in column(runs, "wall")] for variant, runs in got.items()}
    bench.ratio("real", f"{name}: start-up", "ms", milliseconds["plain"], milliseconds["reflected"])


def size(bench, project, path):
    paths = [f"{programs.folder(bench, project, variant)}/{path}" for variant in ("plain", "reflected")]
    plain, reflected = map(loaded, paths)
    bench.ratio("real", f"{path.split('/')[-1]}: text and data", "KB", [plain / 1e3], [reflected / 1e3],
                f"tables {named(paths[1], '^allocs_') / 1e3:.0f} KB")


def run_redis(bench):
    jobs = {"plain": lambda: redis.serve(bench, "plain", {}), "reflected": lambda: redis.serve(bench, "reflected", {}),
            "census": lambda: redis.serve(bench, "reflected", CENSUS)}
    ratios(bench, "Redis, its benchmark", in_turn(jobs, bench.rounds(5)))
    start_up(bench, "Redis", "redis", "src/redis-server", ["--version"])
    size(bench, "redis", "src/redis-server")


def run(bench):
    found, missing = programs.there(bench)
    for project, why in missing.items():
        bench.missed(project, why)
    built = programs.build(bench, found)
    large = programs.large_input(bench, (4 if bench.quick else 40) << 20)
    started = set()
    for program in programs.ALL:
        if program.project not in built:
            continue
        try:
            run_program(bench, program, large)
            if program.project not in started:
                started.add(program.project)
                start_up(bench, program.name.split(",")[0], program.project, program.program, program.empty)
                size(bench, program.project, program.program)
        except (Unmeasured, OSError, subprocess.SubprocessError) as error:
            bench.missed(program.name, error)
    if "redis" in built:
        try:
            run_redis(bench)
        except (Unmeasured, OSError, subprocess.SubprocessError) as error:
            bench.missed("Redis", error)
    os.remove(large)
