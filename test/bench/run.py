# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""run.py [--quick] [--document FILE] BUILD [PART...]: measure, print one table, write JSON, Markdown and SVG to BUILD/bench.

Parts: real, micro, memory, peers, compile, meta, growth; all of them if none is named. --document also writes the tables between the
markers of FILE, and the plot beside it.
"""
import argparse
import importlib
import os
import platform
import re
import subprocess
import sys
import time
import traceback

sys.dont_write_bytecode = True
import plot
import table
from measure import Bench, Unmeasured

PARTS = ["micro", "memory", "growth", "real", "compile", "meta", "peers"]
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def machine(bench):
    cpu = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    version = subprocess.run([bench.clang, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    system = re.search(r'PRETTY_NAME="(.*)"', open("/etc/os-release").read()) if os.path.exists("/etc/os-release") else None
    return {"CPU": f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores", "memory": f"{memory:.0f} GiB",
            "kernel": platform.release().split("-")[0], "libc": " ".join(platform.libc_ver()),
            "system": system[1] if system else platform.system(), "compiler": version,
            "date": time.strftime("%Y-%m-%d")}


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def into_document(path, fragment, drawing):
    old = open(path).read()
    new = re.sub(re.escape(BEGIN) + ".*" + re.escape(END), lambda _: f"{BEGIN}\n\n{fragment}\n{END}", old, flags=re.S)
    if new == old and fragment not in old:
        raise SystemExit(f"{path} has no markers {BEGIN} and {END}")
    write(path, new)
    if drawing:
        write(os.path.join(os.path.dirname(path), "growth.svg"), drawing)


def measure(bench, parts):
    for part in parts:
        start = time.monotonic()
        print(f"bench: {part}", file=sys.stderr, flush=True)
        try:
            importlib.import_module(part).run(bench)
        except (Unmeasured, OSError, subprocess.SubprocessError) as error:
            bench.missed(part, error)
        except Exception as error:  # a fault here must not lose what the other parts found
            traceback.print_exc()
            bench.missed(part, f"{type(error).__name__}: {error}")
        bench.seconds[part] = round(time.monotonic() - start, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: to see that it runs")
    parser.add_argument("--document", help="a Markdown file with markers, to hold the tables")
    parser.add_argument("build")
    parser.add_argument("part", nargs="*", choices=[[], *PARTS], help=f"of {', '.join(PARTS)}; none: all")
    given = parser.parse_args()
    bench = Bench(os.path.abspath(given.build), os.path.join(os.path.abspath(given.build), "bench"), given.quick)
    measure(bench, given.part or PARTS)
    about = machine(bench)
    fragment = table.markdown(bench, about)
    drawing = plot.svg(bench.growth, "how many", "ns per query") if any(bench.growth.values()) else None
    write(f"{bench.out}/bench.json", table.as_json(bench, about))
    write(f"{bench.out}/bench.md", fragment)
    if drawing:
        write(f"{bench.out}/growth.svg", drawing)
    if given.document:
        into_document(given.document, fragment, drawing)
    print(table.text(bench))
    print(f"took {sum(bench.seconds.values()):.0f} s: "
          + ", ".join(f"{part} {seconds:.0f} s" for part, seconds in bench.seconds.items()))
    print(f"written: {bench.out}/bench.json, bench.md" + (", growth.svg" if drawing else ""))


if __name__ == "__main__":
    main()
