# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""Meta files: what it takes to make one of DWARF, against pahole -J on the same file, which makes types and functions alone; and its size."""
import os
import re
import shutil
import struct
import subprocess
import programs
from measure import Unmeasured, column, in_turn


def libc_debug():
    """The file of DWARF that Debian has of the C library, which is in none but that."""
    maps = open("/proc/self/maps").read()
    libc = re.search(r"\S*/libc\.so\.6", maps)
    text = subprocess.run(["readelf", "-n", libc[0]], capture_output=True, text=True).stdout if libc else ""
    found = re.search(r"Build ID: (\w\w)(\w+)", text)
    path = f"/usr/lib/debug/.build-id/{found[1]}/{found[2]}.debug" if found else ""
    if not os.path.exists(path):
        raise Unmeasured("the C library's DWARF is not there (libc6-dbg)")
    return path, libc[0]


def sqlite(bench, compiler):
    programs.there(bench)
    for _ in programs.build(bench, ["sqlite3"]):
        pass
    to = f"{bench.out}/sqlite3-{os.path.basename(compiler)}.so"
    done = subprocess.run([compiler, "-O2", "-g", "-w", "-fPIC", "-shared", "-o", to, "sqlite3.c"],
                          cwd=programs.folder(bench, "sqlite3", "plain"), capture_output=True, text=True)
    if done.returncode:
        raise Unmeasured(f"sqlite3 does not compile: {done.stderr[-200:]}")
    return to, to


def dwarf_size(path):
    """Bytes of the sections of DWARF, compressed or not, as they are when they are read."""
    data = open(path, "rb").read()
    offset, = struct.unpack_from("<Q", data, 40)
    size, count, strings = struct.unpack_from("<HHH", data, 58)
    heads = [struct.unpack_from("<IIQQQQ", data, offset + i * size) for i in range(count)]
    names, total = heads[strings][4], 0
    for name, _, flags, _, at, length in heads:
        if data[names + name:].startswith(b".debug_"):
            total += struct.unpack_from("<Q", data, at + 8)[0] if flags & 0x800 else length
    return total


def compare(bench, what, dwarf, image):
    meta, btf = f"{bench.out}/made.meta", f"{bench.out}/made.btf"
    jobs = {"pahole": lambda: bench.spawn(["pahole", "-J", f"--btf_encode_detached={btf}", dwarf], times=3),
            "typegen": lambda: bench.spawn([f"{bench.build}/bin/typegen", image, "-o", meta], times=3)}
    got = in_turn(jobs, bench.rounds(7))
    bench.ratio("meta", f"{what}: CPU", "s", column(got["pahole"], "cpu"), column(got["typegen"], "cpu"), "pahole -J and typegen")
    bench.ratio("meta", f"{what}: peak RSS", "MB", *([peak / 1e6 for peak in column(got[name], "peak")] for name in ("pahole", "typegen")),
                "likewise")
    share = 100 * os.path.getsize(meta) / dwarf_size(dwarf)
    bench.value("meta", f"{what}: meta file, of the DWARF", "%", [share],
                f"{os.path.getsize(meta) / 1e3:.0f} of {dwarf_size(dwarf) / 1e3:.0f} KB; pahole's {os.path.getsize(btf) / 1e3:.0f} KB")


def run(bench):
    if not shutil.which("pahole"):
        raise Unmeasured("there is no pahole (dwarves)")
    for what, files in (("libc", libc_debug), ("SQLite, gcc", lambda: sqlite(bench, "gcc")), ("SQLite, Clang", lambda: sqlite(bench, bench.clang))):
        try:
            compare(bench, what, *files())
        except (Unmeasured, OSError, subprocess.SubprocessError) as error:
            bench.missed(f"meta file of {what}", error)
