# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""run.py [--document FILE] [--levels O0,O1,O2,O3,LTO] [--projects zlib,lua5.4,sqlite3,redis] BUILD: counts what is told of the
locals of real programs while they run their own tests, and prints one table.

Each project is built per level with Inputs/truth.cpp, which has the program say what each local is, and where, and with
Inputs/truth.c, which compares that with the answers. A local counts by the worst that was seen of it."""
import argparse
import collections
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
real = f"{os.path.dirname(here)}/real"
sys.path.insert(0, real)
sys.path.insert(0, here)
import document
import heap
import sites
import sources

LEVELS = {"O0": "-O0", "O1": "-O1", "O2": "-O2", "O3": "-O3", "LTO": "-O2 -flto -fuse-ld=lld"}
VERDICTS = ["there", "exact", "nameless", "unknown", "wrong"]  # from what counts least
SECONDS = 1800  # for all tests of one project

SQLITE_TESTS = """select1 select2 select4 select9 where where2 where9 join join2 index insert insert2 update delete
trigger1 trigger2 trigger3 triggerC view func func3 date expr like collate1 alter alter2 attach pragma vacuum savepoint
trans wal walmode json101 json102 window1 with1 upsert1 returning1 fts3aa fts3snippet fts4content rtree1 autoinc
autovacuum incrblob backup cast conflict check default fkey1 fkey2 io lock main minmax misc1 null pager1 printf quote
rowid schema shared sort subquery table tempdb types unique vtab1 analyze analyze3 between busy capi2 capi3 malloc5
mutex1 shell1 recover1 session1""".split()
REDIS_TESTS = """unit/type/string unit/type/incr unit/type/list unit/type/hash unit/type/set unit/type/zset
unit/type/stream unit/sort unit/expire unit/scan unit/dump unit/bitops unit/geo unit/hyperloglog unit/scripting
unit/functions unit/multi unit/pubsub unit/keyspace unit/introspection unit/info unit/protocol unit/other unit/acl
integration/rdb integration/aof integration/redis-cli""".split()
FIXED = '"-Dluai_makeseed(L)=1u" -DSTRCACHE_N=1 -DSTRCACHE_M=1'

# Of each project: how it is built, and the tests, which may fail as they would without us.
PROJECTS = {
    "zlib": ("./configure --static && make", ["make test", "./minigzip -9 < ChangeLog | ./minigzip -d > /dev/null"]),
    "lua5.4": (f"echo '#define DEB_HOST_MULTIARCH \"\"' > src/lua5.4-deb-multiarch.h && ln -sfn {real}/Inputs scripts && "
               f"$CC -DLUA_USE_LINUX {FIXED} -o lua $(ls src/*.c | grep -v luac.c) -lm -ldl",
               [f"./lua scripts/{name}.lua" for name in ("strings", "tables", "coroutines", "system")]),
    "sqlite3": ("./configure --disable-readline --disable-shared && make testfixture",
                [f"timeout 60 ./testfixture $(ls test/{name}.test ext/*/{name}.test ext/*/test/{name}.test 2>/dev/null)"
                 for name in SQLITE_TESTS]),
    "redis": ('make -j2 -C deps hiredis linenoise lua hdr_histogram CC="$CC" AR="$AR" && make -j2 -C src MALLOC=libc '
              'OPTIMIZATION=-O2 DEBUG= USE_SYSTEMD=no CC="$CC" AR="$AR"',
              ["./runtest --clients 2 --tags -slow --single " + " --single ".join(REDIS_TESTS)]),
}


class Count:
    def __init__(self, build):
        self.build, self.out = build, f"{build}/coverage"
        self.clang = re.search(r"ALLOCS_CLANG:-(\S+)}", open(f"{build}/bin/allocscc").read())[1]
        os.makedirs(self.out, exist_ok=True)
        subprocess.run([self.clang, "-O2", "-I", f"{here}/../../include", "-c", f"{here}/Inputs/truth.c", "-o",
                        f"{self.out}/truth.o"], check=True)

    def compiler(self, level):
        """A program that compiles so, whatever level the project asks for."""
        path, at_link = f"{self.out}/cc-{level}", ""
        if level == "LTO":
            at_link = f" -Wl,--load-pass-plugin={self.build}/truth.so"
        with open(path, "w") as script:
            script.write(f'#!/bin/sh\nexec {self.build}/bin/allocscc "$@" -g -w -Wno-unused-command-line-argument'
                         f' {LEVELS[level]} -fpass-plugin={self.build}/truth.so{at_link} {self.out}/truth.o\n')
        os.chmod(path, 0o755)
        return path

    def run(self, project, level):
        """{(program, number of a local): the worst verdict, and its line}"""
        cwd, log = f"{self.out}/{level}/{project}", f"{self.out}/{level}/{project}.log"
        shutil.rmtree(cwd, ignore_errors=True)
        shutil.copytree(f"{self.build}/real-sources/{project}", cwd, symlinks=True)
        if os.path.exists(log):
            os.remove(log)
        environment = dict(os.environ, CC=self.compiler(level), AR="ar", TRUTH_LOG=log)
        if level == "LTO":
            tools = os.path.dirname(self.clang)
            environment |= {"AR": f"{tools}/llvm-ar", "RANLIB": f"{tools}/llvm-ranlib", "TRUTH_AT_LINK": "1"}
        build, tests = PROJECTS[project]
        with open(f"{cwd}.out", "w") as output:
            subprocess.run(build, cwd=cwd, shell=True, stdout=output, stderr=output, env=environment, check=True)
            subprocess.run("; ".join(tests), cwd=cwd, shell=True, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                           env=environment, timeout=SECONDS)
        return read(log)


def read(log):
    worst = {}
    for line in open(log, errors="replace"):
        fields = line.rstrip("\n").split("\t")
        if len(fields) == 8 and VERDICTS.index(fields[0]) >= VERDICTS.index(worst.get(tuple(fields[1:3]), ["there"])[0]):
            worst[tuple(fields[1:3])] = fields
    return worst


def row(level, project, worst):
    n = collections.Counter(fields[0] for fields in worst.values())
    asked = sum(n.values()) - n["there"]
    share = f"{100 * n['exact'] / asked:.1f} %" if asked else "-"
    return f"| {level} | {project} | {sum(n.values())} | {asked} | {n['exact']} | {share} | {n['nameless']} | {n['unknown']} | {n['wrong']} |"


def main():
    parser = argparse.ArgumentParser(prog="cmake/bootstrap coverage")
    parser.add_argument("--levels", default=",".join(LEVELS))
    parser.add_argument("--projects", default=",".join(PROJECTS))
    parser.add_argument("--document", metavar="FILE", help="also write the table between the markers of FILE")
    parser.add_argument("--heap", action="store_true", help="count what is told of the heap instead; --heap --help tells how")
    parser.add_argument("--sites", action="store_true", help="count the sites that the source tells of programs that were not recompiled; likewise")
    parser.add_argument("build", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    count = Count(os.path.abspath(chosen.build))
    found, missing = sources.fetch(chosen.projects.split(","), f"{count.build}/real-sources")
    for project, why in missing.items():
        print(f"coverage: not {project}: {why}")
    rows = ["| level | program | locals | asked about | exact | | without name | unknown | wrong |",
            "|---|---|--:|--:|--:|--:|--:|--:|--:|"]
    wrong = 0
    for level in chosen.levels.split(","):
        whole = {}
        for project in found:
            try:
                worst = count.run(project, level)
            except (OSError, subprocess.SubprocessError) as error:
                print(f"coverage: not {project} at {level}: {error}; see {count.out}/{level}/{project}.out")
                continue
            whole |= {(project, *key): fields for key, fields in worst.items()}
            rows.append(row(level, project, worst))
            print(rows[-1], flush=True)
            for fields in worst.values():
                if fields[0] in ("unknown", "wrong"):
                    print("  " + ", ".join(fields), flush=True)
        rows.append(row(level, "all", whole))
        wrong += sum(fields[0] == "wrong" for fields in whole.values())
    table = "\n".join(rows)
    print(table)
    if chosen.document:
        document.put(chosen.document, "counted", table)
    return wrong != 0


if __name__ == "__main__":
    for option, other in (("--heap", heap.main), ("--sites", sites.main)):
        if option in sys.argv:
            sys.exit(other([each for each in sys.argv[1:] if each != option]))
    sys.exit(main())
