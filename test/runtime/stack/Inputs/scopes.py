"""scopes.py SEED [plain]: a C program of functions with many nested scopes, in which each live local asks about itself;
plain: as people write them, with fewer and smaller locals, and none that is aligned to more than 16 bytes or passed by value."""
import random
import sys

rng = random.Random(int(sys.argv[1]))
TYPES = ["char", "short", "int", "long", "float", "double", "struct pair", "struct deep", "union either", "void *"]
FUNCTIONS, DEPTH, SCOPES = 12, 4, 3
LOCALS, COUNTS = 4, [0, 0, 1, 3, 17]
ALIGNED, BY_VALUE = ["", "", "", "_Alignas(16) ", "_Alignas(64) "], 0.3
ATTRIBUTES = ["", "", "__attribute__((noinline)) ", "inline "]
if "plain" in sys.argv:
    FUNCTIONS, DEPTH, SCOPES = 60, 2, 2
    ATTRIBUTES = ["__attribute__((noinline)) "] * 5 + ["inline "]
    LOCALS, COUNTS = 2, [0, 0, 0, 0, 0, 0, 3, 8]
    ALIGNED, BY_VALUE = [""] * 15 + ["_Alignas(16) "], 0
lines = []


class Names:
    n = 0


def fresh():
    Names.n += 1
    return f"v{Names.n}"


def out(indent, text):
    lines.append("  " * indent + text)


def declare(indent, type, name, count, aligned):
    """A local; or a pointer to a compound literal, `name` then being NULL to who asks."""
    if rng.random() < 0.15:
        if count:
            out(indent, f"{type} *{name} = ({type}[{count}]){{0}};")
        else:
            out(indent, f"{type} *{name} = &({type}){{0}};")
        return (type, f"{name}[{{}}]", count or 1, "NULL")
    out(indent, f"{rng.choice(ALIGNED) if aligned else ''}{type} {name}{f'[{count}]' if count else ''};")
    out(indent, f"memset(&{name}, {rng.randint(0, 255)}, sizeof {name});")
    return (type, f"{name}[{{}}]" if count else name, count or 1, f'"{name}"')


def scope(indent, depth, live, callees, aligned):
    mine = [declare(indent, rng.choice(TYPES), fresh(), rng.choice(COUNTS), aligned)
            for _ in range(rng.randint(1, LOCALS))]
    everyone = live + mine

    def ask():
        for type, at, count, name in rng.sample(everyone, min(len(everyone), 4)):
            out(indent, f"ask(&{at.format(rng.randrange(count))}, alloc_typeof({type}), {name});")

    ask()
    for _ in range(rng.randint(0, SCOPES) if depth else 0):
        kind = rng.choice(["block", "if", "for", "switch", "call"])
        if kind == "call" and callees:
            out(indent, f"{rng.choice(callees).format('n + 1')};")
        elif kind == "for":
            i = fresh()
            out(indent, f"for (int {i} = 0; {i} < 2; {i}++) {{")
            scope(indent + 1, depth - 1, everyone, callees, aligned)
            out(indent, "}")
        elif kind == "switch":
            out(indent, f"switch (n % 3) {{")
            for case in range(3):
                out(indent, f"case {case}: {{")
                scope(indent + 1, depth - 1, everyone, callees, aligned)
                out(indent + 1, "break;")
                out(indent, "}")
            out(indent, "}")
        else:
            out(indent, "{" if kind == "block" else f"if (n % {rng.randint(2, 4)}) {{")
            scope(indent + 1, depth - 1, everyone, callees, aligned)
            out(indent, "}")
        ask()


functions = []
for f in range(FUNCTIONS):
    name = f"f{f}"
    attribute = rng.choice(ATTRIBUTES)
    by_value = rng.random() < BY_VALUE
    out(0, f"static {attribute}void {name}(int n{', struct deep whole' if by_value else ''}) {{")
    out(1, "if (n > 12)")
    out(2, "return;")
    parameters = [("struct deep", "whole", 1, '"whole"')] if by_value else []
    scope(1, rng.randint(1, DEPTH), parameters, functions[-2:], rng.random() < 0.3)
    out(0, "}")
    functions.append(f"{name}({{}}{', (struct deep){{{{{{1}}}}}}' if by_value else ''})")
out(0, "int main(void) {")
for name in functions:
    out(1, f"for (int n = 0; n < 4; n++) {name.format('n')};")
out(1, "return done();")
out(0, "}")
print('#include "scopes.h"')
print("\n".join(lines))
