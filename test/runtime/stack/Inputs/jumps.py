# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""jumps.py SEED: a C program of functions that jump into their nested blocks, by goto and switch, behind declarations of
locals, each of which asks about itself wherever it is in scope."""
import random
import sys

rng = random.Random(int(sys.argv[1]))
TYPES = ["char", "short", "int", "long", "double", "struct pair", "struct deep", "void *"]
OPENINGS = ["{", "{", "if (n > 99) {", "if (n > 99) { n++; } else {", "while (n > 99) {", "do {", "switch (n) {", "for"]
lines = []
names = iter(range(10**6))


def out(indent, text):
    lines.append("  " * indent + text)


def declaration(live):
    name, type, count = f"v{next(names)}", rng.choice(TYPES), rng.choice(["", "", "[1]", "[3]"])
    live.append((name, type, count))
    return f"{type} {name}{count}{' = {0}' if rng.random() < 0.3 else ''};"


def ask(indent, live):
    for name, type, count in live:
        out(indent, f'ask(&{name}{"[0]" if count else ""}, alloc_typeof({type}), "{name}");')


def block(indent, depth, live, labels, cases):
    """`cases`: those of the innermost switch, or None."""
    live = list(live)
    for _ in range(rng.randint(2, 6)):
        kind = rng.random()
        if kind < 0.4:
            out(indent, declaration(live))
        elif kind < 0.55:
            labels.append(f"l{next(names)}")
            if cases is not None and rng.random() < 0.5:
                cases.append(len(cases) + 1)
                out(indent, f"case {cases[-1]}:")
            out(indent, f"{labels[-1]}: {declaration(live) if rng.random() < 0.2 else ';'}")
            ask(indent, live)
        elif kind < 0.7 and cases is not None:
            cases.append(len(cases) + 1)
            out(indent, f"case {cases[-1]}:;")
            ask(indent, live)
        elif depth:
            opening, inner = rng.choice(OPENINGS), list(live)
            if opening == "for":
                opening = f"for ({declaration(inner)} n > 99;) {{"
            out(indent, opening)
            block(indent + 1, depth - 1, inner, labels, [] if opening.startswith("switch") else cases)
            out(indent, "} while (n > 99);" if opening == "do {" else "}")
    ask(indent, live)


for f in range(16):
    start, labels = len(lines), []
    block(1, 3, [], labels, None)
    jumps = [f"    case {i}: goto {label};" for i, label in enumerate(labels, 1)]
    lines[start:start] = [f"__attribute__((noinline)) static void f{f}(int n) {{", "  switch (n) {", *jumps, "  }"]
    out(0, "}")
print('#include "scopes.h"')
print("\n".join(lines))
print("int main(void) {\n  for (int n = 0; n < 9; n++) {")
for f in range(16):
    print(f"    f{f}(n);")
print("  }\n  return done() || exact < asked;\n}")
