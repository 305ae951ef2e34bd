# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""The real programs: how they are fetched, built and run."""
import importlib.util
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from measure import Unmeasured, here, root


def load(path):
    spec = importlib.util.spec_from_file_location("real_" + os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sources, tested = load(f"{root}/test/real/sources.py"), load(f"{root}/test/real/run.py")


def build_redis(cwd, cc):
    tested.sh('make -j2 -C deps hiredis linenoise lua hdr_histogram CC="$CC" && make -j2 -C src MALLOC=libc '
              'OPTIMIZATION=-O2 DEBUG= USE_SYSTEMD=no CC="$CC" redis-server redis-benchmark', cwd, cc)


tested.PROJECTS["redis"] = (build_redis, [])


class Program:
    """One run of one project's program; {n} is how much: enough for some seconds, or for less."""

    def __init__(self, name, project, program, arguments, amount, empty, stdin=False):
        self.name, self.project, self.program, self.arguments = name, project, program, arguments
        self.amount, self.empty, self.stdin = amount, empty, stdin

    def command(self, folder, quick):
        amount = max(1, self.amount // 8) if quick else self.amount
        return [f"{folder}/{self.program}"] + self.arguments.format(n=amount).split()


ALL = [
    Program("Lua, allocating", "lua5.4", "lua", f"{here}/Inputs/allocate.lua {{n}}", 120, ["-v"]),
    Program("Lua, calling", "lua5.4", "lua", f"{here}/Inputs/call.lua {{n}}", 80, ["-v"]),
    Program("SQLite speedtest1", "sqlite3", "speedtest1", "--size {n} :memory:", 100, ["--size", "1", "--testset", "fp"]),
    Program("zlib, minigzip -6", "zlib", "minigzip", "-6", 0, ["-h"], stdin=True),
    Program("bzip2 -9", "bzip2", "bzip2", "-9 -c", 0, ["--help"], stdin=True),
]
PROJECTS = ["lua5.4", "sqlite3", "zlib", "bzip2", "redis"]


def large_input(bench, bytes_wanted):
    """The sources themselves, over and over."""
    path = f"{bench.out}/large-input"
    with open(path, "wb") as file:
        while file.tell() < bytes_wanted:
            at = file.tell()
            for folder, folders, names in os.walk(bench.sources):
                folders.sort()
                for name in sorted(names):
                    if name.endswith((".c", ".h")) and file.tell() < bytes_wanted:
                        with open(os.path.join(folder, name), "rb") as source:
                            file.write(source.read())
            if file.tell() == at:
                raise Unmeasured("there are no sources to compress")
    return path


def there(bench):
    """The projects whose sources are there; fetches what is missing."""
    needed = {"zlib": ["make"], "bzip2": ["make"], "sqlite3": ["make", "tclsh"], "redis": ["make"]}
    found, missing = sources.fetch(PROJECTS, bench.sources)
    for project in PROJECTS:
        absent = [program for program in needed.get(project, []) if not shutil.which(program)]
        if absent and project in found:
            found.remove(project)
            missing[project] = "there is no " + " and no ".join(absent)
    return found, missing


def folder(bench, project, variant):
    return f"{bench.out}/real/{project}/{variant}"


def build(bench, projects):
    """Those that were built, plain and reflected."""
    os.environ["CFLAGS"] = "-O2"
    os.environ.pop("ALLOCS_RUNTIME", None)
    jobs = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for project in sorted(projects, key=lambda project: project != "redis"):  # the longest first
            for variant, cc in (("plain", bench.clang), ("reflected", bench.allocscc)):
                to = folder(bench, project, variant)
                os.makedirs(os.path.dirname(to), exist_ok=True)
                jobs[project, variant] = pool.submit(tested.build, project, f"{bench.sources}/{project}", to, cc)
    built = list(projects)
    for (project, variant), job in jobs.items():
        if job.exception():
            bench.missed(f"{project}, {variant}", str(job.exception())[-300:])
            if project in built:
                built.remove(project)
    os.environ.pop("CFLAGS")
    return built
