# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""compiled.py deep|declared OUT CLANG ALLOCSCC: sources of a kind that no person writes, in OUT; what Clang compiles,
allocscc must. Prints how many those were, and each that it does not."""
import itertools
import os
import subprocess
import sys


def deep():
    """Code nested as deep as Clang takes it."""
    return {
        "cases": "int f(int x) {\n  switch (x) {\n" + "".join(f"case {i}:\n" for i in range(70000)) + "    return 1;\n  }\n  return 0;\n}\n",
        "labels": "int f(int x) {\n" + "".join(f"l{i}:\n" for i in range(2000)) + "  return x;\n}\n",
        "else": "int f(int x) {\n" + "".join(f"if (x == {i}) return {i}; else\n" for i in range(2000)) + "  return x;\n}\n",
        "sum": "void *malloc(unsigned long);\nunsigned long n;\nvoid *f(void) { return malloc(1" + " + n" * 4000 + "); }\n",
        "comma": "int n;\nint f(void) { return 1" + ", n++" * 4000 + "; }\n",
        "choice": "int f(int n) { return " + "".join(f"n == {i} ? {i} : " for i in range(2000)) + "0; }\n",
        "assignments": "int f(int n, int *p) { " + "*p = " * 2000 + "n; return *p; }\n",
    }


NAMES = """malloc calloc realloc reallocarray memalign aligned_alloc posix_memalign valloc pvalloc alloca strdup strndup
wcsdup asprintf vasprintf getline getdelim realpath getcwd get_current_dir_name tempnam free""".split()
RESULTS = ["char", "int", "void *", "double", "void", "struct pair", "struct large"]
# What is declared, and given in the call
PARAMETERS = [("void", ""), ("", ""), ("", "4, 5, 6"), ("int", "1"), ("char *, int", "text, 2"), ("char **", "&text"),
              ("struct large", "whole"), ("char **, unsigned long *, ...", "&text, &size, 3")]
HEAD = """struct pair { int a, b; };
struct large { double all[9]; };
char *text;
unsigned long size;
struct large whole;
"""


def declared():
    """What allocates, declared and called in any form."""
    sources = {}
    for (result, (parameters, given)), name in itertools.product(itertools.product(RESULTS, PARAMETERS), NAMES):
        key = f"{RESULTS.index(result)}-{PARAMETERS.index((parameters, given))}"
        sources.setdefault(key, HEAD)
        sources[key] += f"{result} {name}({parameters});\nvoid call_{name}(void) {{ (void){name}({given}); }}\n"
    return sources


def compiles(command, path):
    return subprocess.run(command + ["-std=c99", "-w", "-c", path, "-o", path + ".o"], stderr=subprocess.DEVNULL).returncode == 0


kind, out, clang, allocscc = sys.argv[1:]
n = 0
os.makedirs(out, exist_ok=True)
for name, text in {"deep": deep, "declared": declared}[kind]().items():
    path = f"{out}/{name}.c"
    with open(path, "w") as file:
        file.write(text)
    if not compiles([clang], path):
        continue
    n += 1
    for level in ("-O0", "-O2"):
        if not compiles([allocscc, level], path):
            print(f"{path} does not compile at {level}")
print(f"{n} compiled")
