# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""The compiler's side: time and object size over Lua, SQLite and Redis, plain, with -g and with the plugin."""
import glob
import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
import programs
from measure import Unmeasured, named, sections

LUA = ["-DLUA_USE_LINUX"]
SQLITE = ["-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION"]
REDIS = ["-std=c11", "-D_REDIS", *(f"-I../deps/{name}" for name in ("hiredis", "linenoise", "lua/src", "hdr_histogram"))]


def units(bench, project):
    """(folder, sources, flags, what a link adds)"""
    base = programs.folder(bench, project, "plain")
    if project == "lua5.4":
        return f"{base}/src", [name for name in sorted(os.listdir(f"{base}/src")) if name.endswith(".c")
                               and name != "luac.c"], LUA, ["-lm", "-ldl"]
    if project == "sqlite3":
        return base, ["sqlite3.c", "shell.c"], SQLITE, ["-lm"]
    done = subprocess.run(["make", "-C", f"{base}/src", "-n", "-B", "redis-server"], capture_output=True, text=True)
    made = {word[:-2] for word in done.stdout.split() if word.endswith(".o")}
    there = [name for name in sorted(os.listdir(f"{base}/src")) if name.endswith(".c") and name[:-2] in made]
    deps = f"{base}/deps"
    return f"{base}/src", there, REDIS, [f"{deps}/hiredis/libhiredis.a", f"{deps}/lua/src/liblua.a",
                                         f"{deps}/hdr_histogram/libhdrhistogram.a", "-lm", "-ldl", "-rdynamic"]


def compile_all(bench, project, rounds):
    """{variant: [CPU seconds of each round]}: each unit by each compiler in turn. Objects are left in `objects`."""
    cwd, names, flags, _ = units(bench, project)
    variants = {"plain": [bench.clang], "debug": [bench.clang, "-g"], "reflected": [bench.allocscc]}
    for variant in variants:
        os.makedirs(f"{bench.out}/compile/{project}/{variant}", exist_ok=True)

    def one(name):
        spent = {}
        for variant, compiler in variants.items():
            to = f"{bench.out}/compile/{project}/{variant}/{name[:-2]}.o"
            command = [*compiler, "-O2", "-w", *flags, "-c", name, "-o", to]
            spent[variant] = timed(command, cwd)
        return spent

    totals = {variant: [] for variant in variants}
    for _ in range(rounds):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            spent = list(pool.map(one, names))
        for variant in variants:
            totals[variant].append(sum(each[variant] for each in spent))
    return totals


def timed(command, cwd):
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status:
        raise Unmeasured(f"{' '.join(command)} ends with status {status}")
    return usage.ru_utime + usage.ru_stime


def link(bench, project):
    """The three programs, of the objects that were compiled."""
    cwd, _, _, added = units(bench, project)
    for variant, compiler in (("plain", bench.clang), ("debug", bench.clang), ("reflected", bench.allocscc)):
        folder = f"{bench.out}/compile/{project}/{variant}"
        done = subprocess.run([compiler, "-o", f"{folder}/linked", *sorted(glob.glob(f"{folder}/*.o")), *added],
                              cwd=cwd, capture_output=True, text=True)
        if done.returncode:
            raise Unmeasured(f"{project} does not link: {done.stderr[-200:]}")
        yield f"{folder}/linked"


def sizes(bench, project):
    plain, debug, reflected = link(bench, project)
    tables, added = named(reflected, "^allocs_"), named(debug, "^\.debug_") - named(plain, "^\.debug_")
    each = {name[7:]: named(reflected, f"^{name}$") for name, *_ in sections(reflected) if name.startswith("allocs_")}
    largest = sorted((name for name in each if each[name] >= 1000), key=each.get, reverse=True)
    bench.value("compile", f"{project}: table size, of what -g adds", "%", [100 * tables / added],
                f"{tables / 1e3:.0f} of {added / 1e3:.0f} KB, linked: " +
                ", ".join(f"{name} {each[name] / 1e3:.0f}" for name in largest))
    bench.value("compile", f"{project}: linked, by -g", "KB", [(os.path.getsize(debug) - os.path.getsize(plain)) / 1e3],
                "that the file grows, symbols included")
    bench.value("compile", f"{project}: linked, by the plugin", "KB",
                [(os.path.getsize(reflected) - os.path.getsize(plain)) / 1e3], "likewise, runtime included")
    total = {}
    for variant in ("plain", "debug", "reflected"):
        total[variant] = sum(os.path.getsize(path) for path in
                             glob.glob(f"{bench.out}/compile/{project}/{variant}/*.o")) / 1e3
    bench.ratio("compile", f"{project}: objects, -g", "KB", [total["plain"]], [total["debug"]])
    bench.ratio("compile", f"{project}: objects, plugin", "KB", [total["plain"]], [total["reflected"]])


def phases(bench, project):
    """CPU milliseconds per phase, by -ftime-trace: of the pieces of the plugin, and of what they are part of."""
    cwd, names, flags, _ = units(bench, project)
    names = names if project != "redis" else names[::6]
    to = f"{bench.out}/compile/{project}/trace"
    os.makedirs(to, exist_ok=True)
    spent = {}
    for variant, compiler in (("plain", bench.clang), ("reflected", bench.allocscc)):
        for name in names:
            timed([compiler, "-O2", "-w", *flags, "-ftime-trace", "-ftime-trace-granularity=100", "-c", name, "-o",
                   f"{to}/{name[:-2]}.o"], cwd)
            for event in json.load(open(f"{to}/{name[:-2]}.json"))["traceEvents"]:
                if event["name"].startswith("Total "):
                    key = variant, event["name"][6:]
                    spent[key] = spent.get(key, 0) + event["dur"] / 1e3
    for phase in ("ExecuteCompiler", "Frontend", "Optimizer", "CodeGenPasses"):
        if ("plain", phase) in spent:
            bench.ratio("compile", f"{project}: phase {phase}", "ms", [spent["plain", phase]],
                        [spent["reflected", phase]])
    for (variant, phase), value in sorted(spent.items()):
        if phase.startswith("allocs::"):
            bench.value("compile", f"{project}: phase {phase}", "ms", [value], "a pass of the plugin")
    shutil.rmtree(to)


def run(bench):
    found, missing = programs.there(bench)
    wanted = ["lua5.4", "sqlite3", "redis"]
    for project in wanted:
        if project in missing:
            bench.missed(f"compiling {project}", missing[project])
    for project in programs.build(bench, [project for project in wanted if project in found]):
        try:
            got = compile_all(bench, project, bench.rounds(1 if project == "redis" else 3, 1))
            bench.ratio("compile", f"{project}: compile time, -g", "s", got["plain"], got["debug"])
            bench.ratio("compile", f"{project}: compile time, plugin", "s", got["plain"], got["reflected"])
            sizes(bench, project)
            if not (bench.quick and project == "sqlite3"):
                phases(bench, project)
        except (Unmeasured, OSError, subprocess.SubprocessError) as error:
            bench.missed(f"compiling {project}", error)
    bench.missed("time of the plugin's finder, apart", "-ftime-trace shows passes only; it is part of Frontend")
    shutil.rmtree(f"{bench.out}/compile", ignore_errors=True)
