# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""Others that tell what memory is, on the same work in the same run."""
import os
import shutil
import subprocess
import programs
from measure import Unmeasured, in_turn
from real import CENSUS


def queries(bench):
    """What allocs costs for what the peers are asked, in ns: {query: value}."""
    program = bench.cc(bench.allocscc, "query", to="query-reflected")
    return {name: value for name, (value, _) in bench.lines([program, "50" if bench.quick else "200"]).items()}


def of_library(bench, name, libraries, package):
    """Runs a peer's C program; None if its library is not there."""
    try:
        return bench.lines([bench.cc(bench.clang, name, libraries=libraries)])
    except Unmeasured as error:
        bench.missed(f"{name} ({package})", error)
        return None


def ns(value):
    return f"{value:.3g} ns"


def asking(bench):
    ours = queries(bench)
    heap = ns(ours["heap, 64, any byte"])
    frame = ns((ours["local, 100 frames up"] - ours["local, 0 frames up"]) / 100) + " per frame"
    typed = "base, exact size, type, site"
    gc = of_library(bench, "peer_gc", ["-lgc"], "libgc-dev")
    if gc:
        bench.peers += [
            ("GC_base (libgc)", "base of a block of its own heap", ns(gc["GC_base"][0]), typed, heap),
            ("GC_base and GC_size (libgc)", "base and size, rounded up", ns(gc["GC_base and GC_size"][0]), typed, heap)]
    libc = of_library(bench, "peer_libc", ["-rdynamic"], "libc")
    if libc:
        bench.peers += [
            ("malloc_usable_size", "size, rounded up, of a block's first byte", ns(libc["malloc_usable_size"][0]),
             typed + ", from any byte", heap),
            ("dladdr", "exported symbol and file of a static address", ns(libc["dladdr"][0]),
             "any static: base, size, type, file and line", ns(ours["static"])),
            ("backtrace()", "return addresses", ns(libc["backtrace, per frame"][0]) + " per frame",
             "local: frame, type", frame)]
    unwind = of_library(bench, "peer_unwind", ["-lunwind"], "libunwind-dev")
    if unwind:
        bench.peers += [
            ("libunwind, unw_step", "frames and registers", ns(unwind["unw_step, per frame"][0]) + " per frame",
             "local: frame, type", frame),
            ("libunwind, unw_backtrace", "return addresses, cached", ns(unwind["unw_backtrace, per frame"][0])
             + " per frame", "local: frame, type", frame)]


def sanitized(bench, name, flag):
    """Lua built with a sanitizer."""
    to = f"{bench.out}/real/lua5.4/{name}"
    source = f"{programs.folder(bench, 'lua5.4', 'plain')}/src"
    files = [f"{source}/{file}" for file in sorted(os.listdir(source)) if file.endswith(".c") and file != "luac.c"]
    done = subprocess.run([bench.clang, "-O2", "-w", flag, "-DLUA_USE_LINUX", "-Dluai_makeseed(L)=1u", "-o", to, *files,
                           "-lm", "-ldl"], capture_output=True, text=True)
    if done.returncode:
        raise Unmeasured(f"clang {flag}: {done.stderr.strip()[-160:]} (libclang-rt-dev)")
    return to


def command_of(bench, peer, script):
    plain = [f"{programs.folder(bench, 'lua5.4', 'plain')}/lua", *script]
    if peer in ("asan", "lsan"):
        return [sanitized(bench, peer, {"asan": "-fsanitize=address", "lsan": "-fsanitize=leak"}[peer]), *script]
    tool = {"massif": "valgrind", "heaptrack": "heaptrack"}[peer]
    if not shutil.which(tool):
        raise Unmeasured(f"there is no {tool}")
    return {"massif": ["valgrind", "-q", "--tool=massif", f"--massif-out-file={bench.out}/massif.out", *plain],
            "heaptrack": ["heaptrack", "-o", f"{bench.out}/heaptrack.out", *plain]}[peer]


WHOLE = [
    ("massif", "valgrind --tool=massif", "heap over time, by call stack"),
    ("heaptrack", "heaptrack", "all allocations, by call stack"),
    ("asan", "AddressSanitizer", "errors as they happen; block and stack that allocated it"),
    ("lsan", "LeakSanitizer", "what is lost at exit, by call stack"),
]


def observing(bench):
    """Whole programs under watch: Lua, allocating, the short run."""
    found, missing = programs.there(bench)
    if "lua5.4" not in programs.build(bench, ["lua5.4"] if "lua5.4" in found else []):
        raise Unmeasured(missing.get("lua5.4", "Lua was not built"))
    script = programs.ALL[0].command("", quick=True)[1:]
    folder = lambda variant: f"{programs.folder(bench, 'lua5.4', variant)}/lua"
    jobs = {"plain": lambda: bench.spawn([folder("plain"), *script], cwd=bench.out),
            "allocs": lambda: bench.spawn([folder("reflected"), *script], cwd=bench.out, environment=CENSUS)}
    for peer, title, _ in WHOLE:
        try:
            command = command_of(bench, peer, script)
            bench.spawn(command, cwd=bench.out)
            jobs[peer] = lambda command=command: bench.spawn(command, cwd=bench.out)
        except (Unmeasured, OSError, subprocess.SubprocessError) as error:
            bench.missed(title, error)
    got = in_turn(jobs, bench.rounds(3, 1))
    least = {name: {key: min(run[key] for run in runs) for key in ("wall", "peak")} for name, runs in got.items()}
    cost = lambda name: (f"{least[name]['wall'] / least['plain']['wall']:.2f} × time, "
                         f"{least[name]['peak'] / least['plain']['peak']:.2f} × RSS")
    for peer, title, gives in WHOLE:
        if peer in got:
            bench.peers.append((f"{title}, on Lua", gives, cost(peer), "census: live heap by type and site; any query",
                                cost("allocs")))


def run(bench):
    for part in (asking, observing):
        try:
            part(bench)
        except (Unmeasured, OSError, subprocess.SubprocessError) as error:
            bench.missed(part.__name__, error)
