# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""Writes a C program of random types, and of objects of them on the heap and static: random_types.py SEED COUNT."""
import random
import sys

rng = random.Random(int(sys.argv[1]))
count = int(sys.argv[2])
LEAVES = ["char", "short", "int", "long", "float", "double", "long double", "void *", "int (*)(void)", "_Bool",
          "unsigned long long", "enum e", "struct t *"]
BITS = {"int": 32, "unsigned": 32, "long": 64, "unsigned char": 8, "short": 16, "_Bool": 1}
out, setup, check = [], [], []
models = {}  # type name: expression of its model
big = {}  # composites: bytes, about


def model_of(name):
    if name not in models:
        models[name] = f"m{len(models)}"
        out.append(f"static struct model {models[name]};")
        setup.append(f"{models[name]} = (struct model){{.u = alloc_typeof({name}), .size = sizeof({name})}};")
    return models[name]


def array_of(element, n, name):
    inner = model_of(element)
    known = name in models
    outer = model_of(name)
    if not known:
        setup.append(f"{outer}.element = &{inner}; {outer}.count = {n};")
    return outer


def member(i, j):
    """A declaration and an entry of the model."""
    composites = [c for c in big if big[c] < 120]
    kind = rng.choice(["leaf", "leaf", "bits", "bits", "array", "rows", "composite", "composites", "none", "vector",
                       "anonymous"])
    f, owner = f"f{i}_{j}", f"t{i}"
    if kind == "bits":
        base = rng.choice(list(BITS))
        width = rng.randint(1, BITS[base])
        out.append(f"static void set_{f}(void *p);")
        late.append(f"static void set_{f}(void *p) {{ (({owner} *)p)->{f} = ({base})-1; }}")
        return f"{base} {f} : {width};", f"{{0, NULL, set_{f}, {width}}}", 8
    if kind == "none":
        return rng.choice(["int : 0;", "int : 5;"]), None, 4
    if kind in ("composite", "composites", "anonymous") and not composites:
        kind = "leaf"
    if kind == "anonymous":
        fresh = [c for c in composites if c in first_field and c not in used]
        if fresh:
            c = rng.choice(fresh)
            used.add(c)
            g = first_field[c]
            return (f"{tag[c]};", f"{{offsetof({owner}, {g}) - offsetof({c}, {g}), &{model_of(c)}, NULL, 0}}", big[c])
        kind = "leaf"
    name = rng.choice(composites) if kind in ("composite", "composites") else "int4" if kind == "vector" else \
        rng.choice([x for x in range(len(LEAVES))])
    size = big.get(name, 16)
    if isinstance(name, int):
        name = f"leaf{name}"
    if kind == "vector":
        array_of("int", 4, "int4")
    if kind in ("array", "composites"):
        n = rng.choice([0, 1, 2, 3])
        array_of(name, n, f"{name}_a{n}")
        name, size = f"{name}_a{n}", n * size
    elif kind == "rows":
        n, m = rng.choice([1, 2, 3]), rng.choice([0, 1, 2])
        array_of(name, m, f"{name}_a{m}")
        array_of(f"{name}_a{m}", n, f"{name}_a{m}_a{n}")
        name, size = f"{name}_a{m}_a{n}", n * m * size
    return f"{name} {f};", f"{{offsetof({owner}, {f}), &{model_of(name)}, NULL, 0}}", size


def aliases(name):
    rows = [f"typedef {name} {name}_a{n}[{n}];" for n in range(4)]
    return rows + [f"typedef {name}_a{n} {name}_a{n}_a{m}[{m}];" for n in range(4) for m in range(4)]


first_field, used, tag, late = {}, set(), {}, []
print('#include "model.h"\nenum e { E0, E1 };\nstruct t;\ntypedef int int4 __attribute__((vector_size(16)));')
for k, leaf in enumerate(LEAVES):
    print(f"typedef __typeof__({leaf}) leaf{k};")
    print("\n".join(aliases(f"leaf{k}")))
for i in range(count):
    union = rng.random() < 0.35
    word, attribute = "union" if union else "struct", rng.choice(["", "", "", "__attribute__((packed))"])
    out, setup, late, fields, parts, size = [], [], [], [], [], 0
    c = f"t{i}"
    for j in range(rng.choice([0, 1, 2, 3, 4, 5, 6, 8])):
        field, part, about = member(i, j)
        fields.append(field)
        parts += [part] if part else []
        size = max(size, about) if union else size + about
        if part and not field.startswith(("struct", "union")) and "set_" not in part:
            first_field.setdefault(c, f"f{i}_{j}")
    big[c], tag[c] = size + 16, f"{word} tag{i}"
    me = model_of(c)
    print(f"typedef {word} {attribute} tag{i} {{ {' '.join(fields)} }} {c};")
    print("\n".join(aliases(c) + out + late))
    array_of(c, 2, f"{c}_a2")
    three, row = array_of(c, 3, f"{c}_a3"), array_of(f"{c}_a2", 2, f"{c}_a2_a2")
    print(f"static struct model {three}, {row}, {model_of(f'{c}_a2')};")
    print(f"static {c} one{i};\nstatic {c}_a2_a2 rows{i};")
    print(f"__attribute__((noinline)) static void check{i}(void) {{")
    print("  " + "\n  ".join(setup))
    if parts:
        print(f"  static struct part parts[{len(parts)}];")
        print(f"  const struct part given[] = {{{', '.join(parts)}}};")
        print(f"  memcpy(parts, given, sizeof parts);\n  {me}.parts = parts;\n  {me}.n_parts = {len(parts)};")
    print(f"  if (!sizeof({c}))\n    return;")
    print(f"  {c} *heap = malloc(3 * sizeof({c}));\n  check_object(heap, &{three});\n  free(heap);")
    print(f"  check_object(&one{i}, &{me});\n  check_object(&rows{i}, &{row});\n}}")
print("int main(void) {\n" + "".join(f"  check{i}();\n" for i in range(count)) + "  CHECK(n_right > 10000 && n_wrong > 100000 && n_pointers > 1000);\n  return check_failed;\n}")
