# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""What the parts share: where things are, how a program is compiled and run, how two are compared."""
import os
import re
import statistics
import struct
import subprocess

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))


class Unmeasured(Exception):
    """What could not be measured, and why."""


class Bench:
    """One run of the driver: its folders and compilers, and what it has found so far."""

    def __init__(self, build, out, quick):
        self.build, self.out, self.quick = build, out, quick
        self.allocscc = f"{build}/bin/allocscc"
        self.allocs_run, self.preload = f"{build}/bin/allocs-run", f"{build}/liballocs_preload.so"
        self.clang = re.search(r"ALLOCS_CLANG:-(\S+)}", open(self.allocscc).read())[1]
        self.sources = f"{build}/real-sources"
        self.rows, self.peers, self.growth, self.missing = [], [], {}, []
        self.seconds = {}
        os.makedirs(out, exist_ok=True)
        self.cc(self.clang, "spawn", flags=["-static"])

    def rounds(self, full, quick=2):
        return quick if self.quick else full

    def missed(self, what, why):
        self.missing.append((what, str(why).strip()))

    def cc(self, compiler, name, flags=(), libraries=(), to=None):
        """Compiles NAME.c of this folder; returns the program's path."""
        path = f"{self.out}/{to or name}"
        done = subprocess.run([compiler, "-O2", "-I", f"{root}/include", *flags, "-o", path, f"{here}/{name}.c",
                               "-pthread", *libraries], capture_output=True, text=True)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "error" in line or "undefined" in line]
            raise Unmeasured(f"{name}.c does not compile: {(lines or ['?'])[0]}")
        return path

    def both(self, name, flags=()):
        """The same program, plain and reflected."""
        return {"plain": self.cc(self.clang, name, flags, to=f"{name}-plain"),
                "reflected": self.cc(self.allocscc, name, flags, to=f"{name}-reflected")}

    def spawn(self, command, cwd=None, times=1, environment=None, stdin=None):
        """Medians of so many runs: {wall, cpu: seconds; peak: bytes}; by spawn.c."""
        result = f"{self.out}/spawn.{os.getpid()}"
        with open(stdin or os.devnull, "rb") as file:
            done = subprocess.run([f"{self.out}/spawn", str(times), result, *command], cwd=cwd, stdin=file,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
                                  env=dict(os.environ, **(environment or {})), timeout=900)
        if done.returncode:
            raise Unmeasured(f"{command[0]}: {done.stderr[-200:]}")
        return self.spawned(result, command)

    @staticmethod
    def spawned(path, command):
        wall, cpu, peak, status = map(int, open(path).read().split())
        if status:
            raise Unmeasured(f"{' '.join(command)[:200]} ends with status {status}")
        return {"wall": wall / 1e9, "cpu": cpu / 1e6, "peak": peak * 1024}

    def lines(self, command, environment=None):
        """Runs one of the C programs here: {name: (value, note)}."""
        done = subprocess.run(command, capture_output=True, text=True, timeout=600,
                              env=dict(os.environ, **(environment or {})))
        if done.returncode:
            raise Unmeasured(f"{os.path.basename(command[0])} ends with status {done.returncode}: {done.stderr[-200:]}")
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        return {row[0]: (float(row[1]), row[2]) for row in rows if len(row) == 3}

    def ratio(self, part, name, unit, plain, reflected, note=""):
        """Values of each round, in the same order: the ratio is taken round by round."""
        ratios = [r / p for p, r in zip(plain, reflected)]
        self.rows.append({"part": part, "name": name, "unit": unit, "plain": statistics.median(plain),
                          "reflected": statistics.median(reflected), "ratio": statistics.median(ratios),
                          "spread": spread(ratios), "rounds": len(ratios), "note": note})

    def value(self, part, name, unit, values, note=""):
        self.rows.append({"part": part, "name": name, "unit": unit, "reflected": statistics.median(values),
                          "spread": spread(values), "rounds": len(values), "note": note})

    def find(self, part, pattern):
        return [row for row in self.rows if row["part"] == part and re.search(pattern, row["name"])]


def spread(values):
    """Half the distance of the quartiles."""
    if len(values) < 3:
        return (max(values) - min(values)) / 2
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2


def in_turn(jobs, rounds):
    """{name: function}; calls each in turn, so many rounds: {name: [result of each round]}."""
    results = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            results[name].append(job())
    return results


def column(results, key):
    return [result[key] for result in results]


def sections(path):
    """{name: bytes in memory or file} of an ELF file, and the flags: [(name, type, flags, size)]."""
    with open(path, "rb") as file:
        data = file.read()
    offset, = struct.unpack_from("<Q", data, 40)
    size, count, strings = struct.unpack_from("<HHH", data, 58)
    heads = [struct.unpack_from("<IIQQQQ", data, offset + i * size) for i in range(count)]
    if count == 0:  # so many that the first one tells how many
        count = heads = struct.unpack_from("<Q", data, offset + 32)[0]
        heads = [struct.unpack_from("<IIQQQQ", data, offset + i * size) for i in range(count)]
    if strings == 0xffff:
        strings, = struct.unpack_from("<I", data, offset + 40)
    names = heads[strings][4]
    text = lambda at: data[names + at:data.index(b"\0", names + at)].decode()
    return [(text(name), kind, flags, length) for name, kind, flags, _, _, length in heads]


def loaded(path):
    """Bytes of text and data: what is loaded from the file."""
    return sum(size for _, kind, flags, size in sections(path) if flags & 2 and kind != 8)


def named(path, pattern):
    return sum(size for name, kind, _, size in sections(path) if re.search(pattern, name) and kind != 8)
