# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""heap.py [--document FILE] [--projects lua5.4,sqlite3,redis,mawk,gawk] BUILD: what is told of the live heap of real programs, which
are built with nothing but CC=allocscc, and, where there are such, with the declarations that are shipped, when they end in the midst of their work; and whether the pointers in what has a
type lead to what they should."""
import argparse
import collections
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, f"{os.path.dirname(here)}/real")
import document
import sources

INPUTS = f"{here}/Inputs"

# Of each project: how it is built, with $HEAP linked into it, and what it runs.
PROJECTS = {
    "lua5.4": ("echo '#define DEB_HOST_MULTIARCH \"\"' > src/lua5.4-deb-multiarch.h && "
               "$CC -O2 -w -DLUA_USE_LINUX -o lua $(ls src/*.c | grep -v luac.c) $HEAP -lm -ldl", f"./lua {INPUTS}/heap.lua"),
    "sqlite3": ("./configure --disable-tcl --disable-readline --disable-shared && make sqlite3.c && "
                f"$CC -O2 -w -I. -o heap {INPUTS}/heap-sqlite.c sqlite3.c $HEAP -lm -lpthread -ldl", "./heap"),
    "redis": ('make -j2 -C src MALLOC=libc OPTIMIZATION=-O2 DEBUG= CFLAGS=-w USE_SYSTEMD=no CC="$CC" LDFLAGS="$HEAP" '
              "redis-server", f"python3 {INPUTS}/heap-redis.py src/redis-server"),
    "mawk": ("./configure && touch parse.c parse.h && make -o parse.c LIBS=\"$HEAP -lm\" mawk",
             "seq 20000 | ./mawk '{ a[\"k\" $1] = $1; b[$1] = \"s\" $1 }'"),
    "gawk": ("./configure --disable-nls --disable-extensions --disable-mpfr --without-readline && "
             "make='make AUTOCONF=: AUTOMAKE=: ACLOCAL=: AUTOHEADER=:' && $make -C support && "
             "$make -j2 LIBS=\"$HEAP -lm\" gawk",
             "seq 20000 | ./gawk '{ a[\"k\" $1] = $1; b[$1] = \"s\" $1 }'"),
}
ALLOCATORS = f"{os.path.dirname(os.path.dirname(here))}/cmake/allocators"


def compiler(build, cwd, declarations):
    """allocscc, in a file: what a compiler's name has behind it, some builds take for flags, and some drop."""
    with open(f"{cwd}.cc", "w") as file:
        file.write(f"#!/bin/sh\nexec {build}/bin/allocscc {' '.join(declarations)} \"$@\"\n")
    os.chmod(f"{cwd}.cc", 0o755)
    return f"{cwd}.cc"


def run(project, build, declarations):
    name = project + ("-declared" if declarations else "")
    cwd, log = f"{build}/coverage/heap/{name}", f"{build}/coverage/heap/{name}.log"
    shutil.rmtree(cwd, ignore_errors=True)
    shutil.copytree(f"{build}/real-sources/{project}", cwd, symlinks=True)
    if os.path.exists(log):
        os.remove(log)
    allocscc, heap = f"{build}/bin/allocscc", f"{build}/coverage/heap/heap.o"
    subprocess.run([allocscc, "-O2", "-c", f"{INPUTS}/heap.c", "-o", heap], check=True)
    environment = dict(os.environ, CC=compiler(build, cwd, declarations), HEAP=heap)
    how, workload = PROJECTS[project]
    with open(f"{cwd}.out", "w") as output:
        subprocess.run(how, cwd=cwd, shell=True, stdout=output, stderr=output, env=environment, check=True)
        subprocess.run(workload, cwd=cwd, shell=True, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                       env=environment | {"HEAP_LOG": log}, check=True, timeout=600)
    return read(log)


def read(log):
    blocks, pointers = [], []
    for line in open(log, errors="replace"):
        kind, *fields = line.rstrip("\n").split("\t")
        if kind == "block" and fields[2].startswith("__uninterpreted_byte"):
            fields[1] = "-"
        (blocks if kind == "block" else pointers).append(fields)
    return blocks, pointers


def percent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def summary(project, blocks, pointers):
    bytes_by = collections.Counter()
    n_by = collections.Counter()
    for size, rule, *_ in blocks:
        bytes_by[rule] += int(size)
        n_by[rule] += 1
    total, n = sum(bytes_by.values()), len(blocks)
    strong = bytes_by["size"] + bytes_by["size-flow"] + bytes_by["function"]
    verdicts = collections.Counter(fields[0] for fields in pointers)
    yes, no, unknown = verdicts["1"] + verdicts["3"], verdicts["0"], verdicts["2"]
    return (f"| {project} | {n} | {total} | {percent(n - n_by['-'], n)} | {percent(total - bytes_by['-'], total)} | "
            f"{percent(strong, total)} | {yes} | {unknown} | {no} |")


def details(blocks, pointers):
    """What is untyped and above 1 % of the bytes, by place; and pointers that lead to something else, by kind."""
    total = sum(int(block[0]) for block in blocks) or 1
    untyped = collections.Counter()
    for size, rule, _, place in blocks:
        if rule == "-":
            untyped[place] += int(size)
    for place, size in untyped.most_common():
        if size > total / 100:
            print(f"  without a type: {percent(size, total)} {place}")
    others = collections.Counter((fields[1], fields[2], re.sub(r" from .*", "", fields[3])) for fields in pointers
                                 if fields[0] == "0")
    for (within, wanted, found), n in others.most_common(20):
        print(f"  {n} pointers to {wanted} in {within}: {found}")


def main(arguments):
    parser = argparse.ArgumentParser(prog="cmake/bootstrap coverage --heap")
    parser.add_argument("--projects", default=",".join(PROJECTS))
    parser.add_argument("--document", metavar="FILE", help="also write the table between the markers of FILE")
    parser.add_argument("build", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    build = os.path.abspath(chosen.build)
    os.makedirs(f"{build}/coverage/heap", exist_ok=True)
    found, missing = sources.fetch(chosen.projects.split(","), f"{build}/real-sources")
    for project, why in missing.items():
        print(f"coverage: not {project}: {why}")
    rows = ["| program | blocks | bytes | blocks with a type | bytes with a type | of these by size | pointers right | "
            "unknown | other |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for project in found:
        file = f"{ALLOCATORS}/{project}.allocators"
        declared = [[f"-fplugin-arg-allocs-allocators={file}"]] if os.path.exists(file) else []
        for declarations in [[]] + declared:
            name = project + (", declared" if declarations else "")
            try:
                blocks, pointers = run(project, build, declarations)
            except (OSError, subprocess.SubprocessError) as error:
                print(f"coverage: not {name}: {error}; see {build}/coverage/heap")
                continue
            rows.append(summary(name, blocks, pointers))
            print(rows[-1], flush=True)
            details(blocks, pointers)
    print("\n".join(rows))
    if chosen.document:
        document.put(chosen.document, "heap", "\n".join(rows))
    return 0
