# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""permute.py COMPILER TYPEGEN OUT: $ALLOCS_UNITS units of random types, each written in several orders; prints which of them
have other types in another order, or keys that are not those of their contents."""
import json
import os
import random
import subprocess
import sys

compiler, typegen, out = sys.argv[1].split(), *sys.argv[2:]
units = int(os.environ.get("ALLOCS_UNITS", 20))
BASES = ["char", "signed char", "unsigned char", "short", "unsigned", "long", "unsigned long long", "_Bool", "float",
         "double", "long double", "__int128"]


class Unit:
    """Named types in an order in which each holds only earlier ones by value; pointers lead to any."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.kinds = [self.random.choice(["struct", "struct", "union", "enum"]) for _ in range(self.random.randint(4, 12))]
        self.bodies = [self.enumerators(i) if kind == "enum" else self.members(i) for i, kind in enumerate(self.kinds)]

    def tag(self, i):
        return f"{self.kinds[i]} t{i}"

    def enumerators(self, i):
        return ", ".join(f"E{i}_{n} = {self.random.choice([n, -n, 1000 * n])}" for n in range(self.random.randint(1, 4)))

    def any_type(self):
        """A type that may be named before it is complete, where only a pointer to it is wanted."""
        i = self.random.randrange(len(self.kinds) + len(BASES))
        return BASES[i - len(self.kinds)] if i >= len(self.kinds) or self.kinds[i] == "enum" else self.tag(i)

    def declaration(self, name, i):
        pick = self.random.randrange(8)
        earlier = self.tag(self.random.randrange(i)) if i else self.random.choice(BASES)
        if pick == 0:
            return f"{self.any_type()} *{name}"
        if pick == 1:
            return f"{self.any_type()} *(*{name})({self.any_type()} *, {self.random.choice(BASES)})"
        if pick == 2:
            return f"{earlier} {name}[{self.random.randint(1, 5)}][{self.random.randint(1, 3)}]"
        if pick == 3:
            return f"{self.random.choice(['int', 'unsigned', 'long', '_Bool'])} {name} : 1"
        if pick in (4, 5):
            enums = [j for j in range(i) if self.kinds[j] == "enum"]
            if enums:
                return f"{self.tag(self.random.choice(enums))} {name} : {self.random.randint(11, 31)}"
        if pick == 6:
            return f"const {earlier} {name}"
        return f"{self.random.choice(BASES)} {name}"

    def members(self, i):
        lines = [self.declaration(f"m{n}", i) for n in range(self.random.randint(1, 6))]
        if self.random.random() < 0.3:
            inner = "; ".join(self.declaration(f"u{n}", i) for n in range(2))
            lines.append(f"{self.random.choice(['struct', 'union'])} {{ {inner}; }} {self.random.choice(['', 'inner'])}")
        return "; ".join(lines) + ";"

    def uses(self):
        """What brings a type into the tables; each may stand anywhere behind the type's definition."""
        for i in range(len(self.kinds)):
            yield i, f"{self.tag(i)} v{i};"
            yield i, f"{self.tag(i)} *p{i};"
            yield i, f"{self.tag(i)} a{i}[2][3];"
            yield i, f"void f{i}({self.tag(i)} *x) {{ (void)x; }}"

    def text(self, order):
        """Tags first, so that all pointers are to the same types; then definitions and uses as the order has them."""
        head = [f"{self.tag(i)};" for i, kind in enumerate(self.kinds) if kind != "enum"]
        definitions = [f"{self.tag(i)} {{ {body} }};" for i, body in enumerate(self.bodies)]
        uses = list(self.uses())
        order.shuffle(uses)
        early = order.random() < 0.5
        body = []
        for i, definition in enumerate(definitions):
            body.append(definition)
            if early:
                body += [use for j, use in uses if j == i]
        return "\n".join(head + body + ([] if early else [use for _, use in uses])) + "\n"


def types_of(text, name):
    source, made = f"{out}/{name}.c", f"{out}/{name}.o"
    with open(source, "w") as file:
        file.write(text)
    subprocess.run([*compiler, "-w", "-c", source, "-o", made], check=True)
    check = subprocess.run([typegen, "--check", made], capture_output=True, text=True)
    dump = subprocess.run([typegen, "--dump", "--json", made], capture_output=True, text=True)
    if check.returncode or dump.returncode:
        return check.stderr + dump.stderr
    return {each["key"]: each for each in json.loads(dump.stdout)[0]["types"]}


failures = n_types = 0
for seed in range(units):
    unit = Unit(seed)
    first = None
    for permutation in range(4):
        found = types_of(unit.text(random.Random(permutation)), f"unit-{seed}-{permutation}")
        first = first or found
        if isinstance(found, str) or found != first:
            failures += 1
            print(f"unit {seed}, permutation {permutation}: {found if isinstance(found, str) else 'other types'}")
            break
        n_types = max(n_types, len(found))
print(f"{units} units, {failures} differ")
sys.exit(bool(failures) or n_types < 10)
