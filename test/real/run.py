# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""run.py PROJECT CACHE OUT ALLOCSCC CLANG: build PROJECT twice, with clang and with allocscc; run its own tests and more.

For each run: the output and the exit status are the same, and the reflected program's census adds up to what the plain
one has live, counted by live.c. A difference is an error. Prints one line per run.
"""
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

here = os.path.dirname(os.path.abspath(__file__))
inputs = f"{here}/Inputs"


def sh(command, cwd, cc):
    """A build step; CC is the compiler."""
    done = subprocess.run(command, cwd=cwd, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", env=dict(os.environ, CC=cc))
    if done.returncode:
        raise SystemExit(f"{cwd}$ {command}\n{done.stdout[-6000:]}\nexit status {done.returncode}")
    return done.stdout


class Run:
    """One command to run in both builds; `command` is for the shell, `program` the one in it that is looked at."""

    def __init__(self, name, program, arguments="", stdin=None, ignore=None):
        self.name, self.program, self.arguments, self.stdin, self.ignore = name, program, arguments, stdin, ignore


def build_zlib(cwd, cc):
    sh("./configure --static && make", cwd, cc)
    if "*** zlib test OK ***" not in sh("make test", cwd, cc):
        raise SystemExit(f"{cwd}: zlib's own test fails")


def build_bzip2(cwd, cc):
    sh('make CC="$CC" CFLAGS="-O2 -D_FILE_OFFSET_BITS=64" bzip2', cwd, cc)
    sh('make CC="$CC" CFLAGS="-O2 -D_FILE_OFFSET_BITS=64" test && head -c 20000 sample1.bz2 > cut.bz2', cwd, cc)


def build_lua(cwd, cc):
    # Lua's hashes are seeded with addresses, and its cache of strings is indexed by them: fixed, runs can be compared.
    # A script's name over 40 characters would be made anew or not, by where it lies: hence the link.
    os.symlink(inputs, f"{cwd}/scripts")
    with open(f"{cwd}/src/lua5.4-deb-multiarch.h", "w") as header:  # made by the Debian package's rules
        header.write('#define DEB_HOST_MULTIARCH "x86_64-linux-gnu"\n')
    fixed = '"-Dluai_makeseed(L)=1u" -DSTRCACHE_N=1 -DSTRCACHE_M=1'
    sh(f"$CC -O2 -w -DLUA_USE_LINUX {fixed} -o lua $(ls src/*.c | grep -v luac.c) -lm -ldl", cwd, cc)


def build_sqlite(cwd, cc):
    sh("./configure --disable-tcl --disable-readline --disable-shared && make sqlite3.c shell.c", cwd, cc)
    sh("$CC -O2 -w -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -I. -c sqlite3.c", cwd, cc)
    sh("$CC -O2 -w -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -I. -o sqlite3 shell.c sqlite3.o -lm", cwd, cc)
    sh("$CC -O2 -w -I. -o speedtest1 test/speedtest1.c sqlite3.o -lm", cwd, cc)


LUA = ["strings", "tables", "coroutines", "system"]
PROJECTS = {
    "zlib": (build_zlib, [
        Run("example", "./example"),
        Run("minigzip", "./minigzip", "-9", stdin="ChangeLog"),
    ]),
    "bzip2": (build_bzip2, [
        Run("compress", "./bzip2", "-9 -c CHANGES manual.html"),
        Run("decompress", "./bzip2", "-d -c sample1.bz2 sample2.bz2"),
        Run("cut input", "./bzip2", "-d -c", stdin="cut.bz2"),
        Run("not its format", "./bzip2", "-t Makefile"),
    ]),
    "lua5.4": (build_lua, [Run(name, "./lua", f"scripts/{name}.lua") for name in LUA]),
    "sqlite3": (build_sqlite, [
        Run("speedtest1", "./speedtest1", "--size 5 --verify :memory:", ignore=r" +\d+\.\d\d\ds$"),
        Run("shell", "./sqlite3", "-batch :memory:", stdin=f"{inputs}/shell.sql"),
    ]),
}


def build(project, source, cwd, cc):
    """Builds in a fresh copy, unless the compiler, its plugin and runtime are no newer than what is there."""
    folder = os.path.dirname(os.path.dirname(cc))
    newest = max(os.path.getmtime(path) for path in [cc, __file__] +
                 [f"{folder}/{name}" for name in ("allocs.so", "liballocs_rt.a") if os.path.exists(f"{folder}/{name}")])
    stamp = f"{cwd}/built"
    if os.path.exists(stamp) and os.path.getmtime(stamp) > newest:
        return
    shutil.rmtree(cwd, ignore_errors=True)
    shutil.copytree(source, cwd, symlinks=True)
    PROJECTS[project][0](cwd, cc)
    open(stamp, "w").close()


def execute(run, cwd, environment):
    stdin = open(os.path.join(cwd, run.stdin), "rb") if run.stdin else subprocess.DEVNULL
    done = subprocess.run([run.program] + run.arguments.split(), cwd=cwd, stdin=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=600, env=dict(os.environ, **environment))
    out = done.stdout
    if run.ignore:
        out = re.sub(run.ignore.encode(), b"", out, flags=re.MULTILINE)
    return done.returncode, out, done.stderr


def split_live(stderr):
    """What live.c printed, and the rest."""
    match = re.search(rb"live: (\d+) (\d+)\n", stderr)
    if not match:
        raise SystemExit(f"live.c printed nothing: {stderr[-2000:]!r}")
    return (int(match[1]), int(match[2])), stderr[:match.start()] + stderr[match.end():]


class Census:
    def __init__(self, text):
        self.types, self.untyped, rows = [], [], None
        self.typed = self.all = None
        for line in text.splitlines():
            row = re.match(r" +(\d+) +(\d+) +([\d.]+) %  (.*)$", line)
            total = re.match(r"typed: (\d+) of (\d+) blocks \(.*\), (\d+) of (\d+) bytes \(.*\)$", line)
            if line.startswith("allocs: the live heap by type"):
                rows = self.types
            elif line.startswith("untyped:"):
                rows = self.untyped
            elif total:
                self.typed, self.all = (int(total[1]), int(total[3])), (int(total[2]), int(total[4]))
            elif row:
                rows.append((int(row[1]), int(row[2]), row[4]))

    def errors(self, live):
        if not self.all:
            return ["there is no census"]
        sums = lambda rows: (sum(row[0] for row in rows), sum(row[1] for row in rows))
        rest = tuple(a - t for a, t in zip(self.all, self.typed))
        sizes = [row[1] for row in self.types]
        return [f"{what}: {a}, not {b}" for what, a, b in [
            ("sum of types", sums(self.types), self.all),
            ("typed rows", sums([row for row in self.types if row[2] != "(no type)"]), self.typed),
            ("sum of untyped sites", sums(self.untyped), rest),
            ("blocks and bytes live", self.all, live),
            ("order", sizes, sorted(sizes, reverse=True)),
            ("types named twice", len(self.types), len({row[2] for row in self.types})),
        ] if a != b]


def check(project, run, plain, reflected, live_so):
    code, out, err = execute(run, plain, {"LD_PRELOAD": live_so})
    live, err = split_live(err)
    quiet = execute(run, reflected, {})
    counted = execute(run, reflected, {"ALLOCS_OPTIONS": "census=1"})
    errors = []
    if quiet != (code, out, err):
        errors.append(f"output differs: exit status {code} and {quiet[0]}, {len(out)} and {len(quiet[1])} bytes,"
                      f" stderr {err[-300:]!r} and {quiet[2][-300:]!r}")
    if counted[:2] != (code, out):
        errors.append("output differs with census=1")
    census = Census(counted[2].decode(errors="replace"))
    errors += census.errors(live)
    share = [100 * t / a if a else 100 for t, a in zip(census.typed or (0, 0), census.all or (1, 1))]
    print(f"{project} {run.name}: {len(out)} bytes of output; live {live[0]} blocks, {live[1]} bytes,"
          f" typed {share[0]:.1f} % and {share[1]:.1f} %")
    for error in errors:
        print(f"  {error}")
    if errors:
        print(counted[2].decode(errors="replace")[-3000:])
    return not errors


def main(project, cache, out, allocscc, clang):
    os.environ.pop("ALLOCS_RUNTIME", None)
    plain, reflected = f"{out}/plain", f"{out}/reflected"
    os.makedirs(out, exist_ok=True)
    live_so = f"{out}/live.so"
    subprocess.run([clang, "-O2", "-fPIC", "-shared", "-fno-builtin", "-o", live_so, f"{inputs}/live.c"], check=True)
    with ThreadPoolExecutor() as pool:
        for job in [pool.submit(build, project, f"{cache}/{project}", cwd, cc)
                    for cwd, cc in ((plain, clang), (reflected, allocscc))]:
            job.result()
    return all([check(project, run, plain, reflected, live_so) for run in PROJECTS[project][1]])


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:]))
