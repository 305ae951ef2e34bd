# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""How the cost of a query grows with how much there is of everything."""
import os
import shutil
import subprocess
from measure import Unmeasured, here

STEPS = {
    "heap": [10**3, 10**4, 10**5, 10**6, 10**7],
    "mappings": [10, 10**2, 10**3, 10**4, 30000, 10**5],
    "images": [1, 10, 50, 100, 200, 500],
    "frames": [1, 10, 100, 1000],
    "types": [10**2, 10**3, 10**4, 10**5],
}
WHAT = {"heap": "heap blocks", "mappings": "mappings", "images": "loaded libraries", "frames": "frames passed",
        "types": "types, one made again"}


def libraries(bench, n):
    """So many files, hence so many images."""
    folder = f"{bench.out}/images"
    os.makedirs(folder, exist_ok=True)
    subprocess.run([bench.allocscc, "-O2", "-fPIC", "-shared", "-o", f"{folder}/0.so", f"{here}/image.c"], check=True)
    for i in range(1, n):
        shutil.copyfile(f"{folder}/0.so", f"{folder}/{i}.so")
    return folder


def limit(kind, n):
    """Why the machine does not let there be so many, or None."""
    if kind == "mappings":
        most = int(open("/proc/sys/vm/max_map_count").read())
        if n + 200 > most:
            return f"vm.max_map_count is {most}"
    if kind == "heap" and n * 72 > 0.8 * os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"):
        return "not enough memory"
    return None


def run(bench):
    program = bench.cc(bench.allocscc, "growth", libraries=["-ldl"], to="growth-reflected")
    for kind, steps in STEPS.items():
        steps = steps[:-1] if bench.quick else steps
        folder = libraries(bench, steps[-1]) if kind == "images" else ""
        points = bench.growth.setdefault(WHAT[kind], [])
        for n in steps:
            why = limit(kind, n)
            try:
                if why:
                    raise Unmeasured(why)
                values = [bench.lines([program, kind, str(n), folder])[kind][0] for _ in range(bench.rounds(3, 1))]
                points.append((n, min(values)))
            except (Unmeasured, OSError, subprocess.SubprocessError) as error:
                bench.missed(f"growth, {n} {WHAT[kind]}", error)
    shutil.rmtree(f"{bench.out}/images", ignore_errors=True)
