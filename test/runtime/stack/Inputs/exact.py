# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""exact.py FLOOR SEEDS OUT CC [FLAG ...]: of all locals that ask about themselves in the plain programs of these seeds,
compiled so, at least FLOOR in a hundred are told exactly, and none as another."""
import os
import re
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))


def count(seed, out, compiler):
    with open(f"{out}.c", "w") as source:
        subprocess.run([sys.executable, f"{here}/scopes.py", seed, "plain"], stdout=source, check=True)
    subprocess.run(compiler + ["-w", f"-I{here}", f"{out}.c", "-o", out], check=True)
    text = subprocess.run([out], stdout=subprocess.PIPE, check=True, text=True).stdout
    return [int(number) for number in re.match(r"asked (\d+): (\d+) exactly, .* (\d+) wrong$", text.strip()).groups()]


def main(floor, seeds, out, *compiler):
    counts = [count(seed, out, list(compiler)) for seed in seeds.split(",")]
    asked, exact, wrong = [sum(column) for column in zip(*counts)]
    print(f"asked {asked}: {exact} exactly, {wrong} wrong")
    return not wrong and asked > 1000 and exact * 100 >= asked * int(floor)


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:]))
