"""scopes.py SEED [plain]: a C program of functions with many nested scopes, in which each live local asks about itself;
plain: as people write them, with fewer and smaller locals."""
import random
import sys

rng = random.Random(int(sys.argv[1]))
TYPES = ["char", "short", "int", "long", "float", "double", "struct pair", "struct deep", "union either", "void *"]
FUNCTIONS, DEPTH, SCOPES = 12, 4, 3
LOCALS, COUNTS = 4, [0, 0, 1, 3, 17]
ATTRIBUTES = ["", "", "__attribute__((noinline)) ", "inline "]
if "plain" in sys.argv:
    FUNCTIONS, DEPTH, SCOPES = 60, 2, 2
    ATTRIBUTES = ["__attribute__((noinline)) "] * 5 + ["inline "]
    LOCALS, COUNTS = 2, [0, 0, 0, 0, 0, 0, 3, 8]
lines = []


class Names:
    n = 0


def fresh():
    Names.n += 1
    return f"v{Names.n}"


def out(indent, text):
    lines.append("  " * indent + text)


def scope(indent, depth, live, callees):
    mine = []
    for _ in range(rng.randint(1, LOCALS)):
        type, name = rng.choice(TYPES), fresh()
        count = rng.choice(COUNTS)
        out(indent, f"{type} {name}{f'[{count}]' if count else ''};")
        out(indent, f"memset(&{name}, {rng.randint(0, 255)}, sizeof {name});")
        mine.append((type, name, count))
    everyone = live + mine

    def ask():
        for type, name, count in rng.sample(everyone, min(len(everyone), 4)):
            at = f"&{name}[{rng.randrange(count)}]" if count else f"&{name}"
            out(indent, f'ask({at}, alloc_typeof({type}), "{name}");')

    ask()
    for _ in range(rng.randint(0, SCOPES) if depth else 0):
        kind = rng.choice(["block", "if", "for", "switch", "call"])
        if kind == "call" and callees:
            out(indent, f"{rng.choice(callees)}(n + 1);")
        elif kind == "for":
            i = fresh()
            out(indent, f"for (int {i} = 0; {i} < 2; {i}++) {{")
            scope(indent + 1, depth - 1, everyone, callees)
            out(indent, "}")
        elif kind == "switch":
            out(indent, f"switch (n % 3) {{")
            for case in range(3):
                out(indent, f"case {case}: {{")
                scope(indent + 1, depth - 1, everyone, callees)
                out(indent + 1, "break;")
                out(indent, "}")
            out(indent, "}")
        else:
            out(indent, "{" if kind == "block" else f"if (n % {rng.randint(2, 4)}) {{")
            scope(indent + 1, depth - 1, everyone, callees)
            out(indent, "}")
        ask()


functions = []
for f in range(FUNCTIONS):
    name = f"f{f}"
    attribute = rng.choice(ATTRIBUTES)
    out(0, f"static {attribute}void {name}(int n) {{")
    out(1, "if (n > 12)")
    out(2, "return;")
    scope(1, rng.randint(1, DEPTH), [], functions[-2:])
    out(0, "}")
    functions.append(name)
out(0, "int main(void) {")
for name in functions:
    out(1, f"for (int n = 0; n < 4; n++) {name}(n);")
out(1, "return done();")
out(0, "}")
print('#include "scopes.h"')
print("\n".join(lines))
