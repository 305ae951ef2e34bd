"""Writes a C program of random size expressions: sizes.py SEED CASES.

Each case allocates by some expression, as the sum of parts that it then lays out in an order that the receiving pointer
allows. So it knows of each byte what type it has, and checks that no answer claims another. Where the expression has a
plain form, the answer must be precise."""
import random
import sys

seed, cases = int(sys.argv[1]), int(sys.argv[2])
rnd = random.Random(seed)

SCALARS = ["int", "double", "short", "char *", "void *", "long"]
STRUCTS = ["struct A", "struct B", "struct C", "struct D", "struct E"]
FLEXIBLE = {"struct F": "long", "struct G": "char", "struct W": "int"}
LEAVES = {
    "struct A": [("name", "char *"), ("value", "int")],
    "struct B": [("y[0]", "long"), ("y[1]", "long"), ("y[2]", "long")],
    "struct C": [("s", "short"), ("t[0]", "char"), ("t[1]", "char"), ("t[2]", "char")],
    "struct D": [("k", "int"), ("flag", "char")],
    "struct E": [("base.name", "char *"), ("base.value", "int"), ("x", "double")],
    "struct F": [("n", "int")],
    "struct G": [("n", "long")],
    "struct W": [("h", "long"), ("in.n", "int")],
}
TAILS = {"struct F": "items", "struct G": "text", "struct W": "in.d"}

HEAD = r"""
#include <allocs.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
struct A { char *name; int value; };
struct B { long y[3]; };
struct C { short s; char t[3]; };
struct D { int k; char flag; };
struct E { struct A base; double x; };
struct F { int n; long items[]; };
struct G { long n; char text[]; };
struct W { long h; struct { int n; int d[]; } in; };
struct leaf { size_t at, size; const struct uniqtype *type; };
struct kind { const struct uniqtype *type, *tail; size_t size, tail_at, tail_size; unsigned n; struct leaf leaves[4]; };
struct part { const struct kind *kind; size_t count, tail; };
static int failures, precise;
static volatile size_t vary;
static const char *volatile text = "some text";
static void *volatile sink;
static __attribute__((noinline)) size_t opaque(size_t n) { return n + vary - vary; }
static const struct uniqtype *truth[1 << 16], *whole[1 << 16];
static size_t begin_of[1 << 16];

static void fail(int line, const char *what, const char *p, size_t at) {
  static int last;
  char buf[300];
  if (last == line || failures++ > 20)
    return;
  last = line;
  printf("case %d: %s: byte %zu is said to be %s\n", line, what, at, alloc_describe(p + at, buf, sizeof buf));
}

static void put(size_t at, size_t size, const struct uniqtype *type, size_t begin) {
  for (size_t i = 0; i < size; i++) {
    truth[at + i] = type;
    begin_of[at + i] = begin;
  }
}

static size_t lay(const struct part *parts, unsigned n) {
  size_t at = 0;
  memset(truth, 0, sizeof truth);
  memset(whole, 0, sizeof whole);
  for (unsigned i = 0; i < n; i++) {
    const struct kind *k = parts[i].kind;
    for (size_t each = 0; each < parts[i].count; each++, at += k->size) {
      for (size_t b = 0; b < k->size; b++)
        whole[at + b] = k->type;
      for (unsigned l = 0; l < k->n; l++)
        put(at + k->leaves[l].at, k->leaves[l].size, k->leaves[l].type, at + k->leaves[l].at);
    }
    if (k->tail) {
      size_t end = at + parts[i].tail * k->tail_size, from = at - k->size + k->tail_at;
      for (size_t b = from; b < end; b++) {
        size_t begin = b - (b - from) % k->tail_size;
        whole[b] = k->type;
        if (begin + k->tail_size <= end)
          put(b, 1, k->tail, begin);
      }
      at = end;
    }
  }
  return at;
}

/* No byte is claimed for what it is not: neither innermost, nor any structure with a name around it, nor any array. */
static void check(const char *p, size_t size, const struct part *parts, unsigned n, int want, int line) {
  static struct alloc_pos chain[40];
  size_t laid = lay(parts, n);
  if (!size)
    return;
  if (laid != size || alloc_get_size(p) != size)
    fail(line, "size", p, laid);
  for (size_t at = 0; at < size; at++) {
    const struct uniqtype *t = alloc_get_innermost_type(p + at);
    unsigned depth = alloc_get_chain(p + at, chain, 40);
    if (t && (UNIQTYPE_IS_BASE_TYPE(t) || UNIQTYPE_IS_POINTER_TYPE(t)) && strcmp(UNIQTYPE_NAME(t), "__uninterpreted_byte")) {
      if (t != truth[at] || (depth && chain[0].level == ALLOC_LEVEL_SUBOBJECT && (size_t)((char *)chain[0].base - p) != begin_of[at]))
        fail(line, "innermost", p, at);
    } else if (want && truth[at]) {
      fail(line, "not told", p, at);
    }
    for (unsigned i = 0; i < depth && chain[i].level == ALLOC_LEVEL_SUBOBJECT; i++)
      if (UNIQTYPE_IS_COMPOSITE_TYPE(chain[i].type) && chain[i].type->name && chain[i].type != whole[at] &&
          !(whole[at] && alloc_typeof(struct E) == whole[at] && chain[i].type == alloc_typeof(struct A)))
        fail(line, "structure", p, at);
    struct alloc_array array;
    if (alloc_get_array(p + at, &array) == ALLOC_OK && strcmp(UNIQTYPE_NAME(array.element), "__uninterpreted_byte")) {
      size_t from = (size_t)((char *)array.base - p);
      for (size_t b = from; b < from + array.count * array.element_size; b++)
        if (b >= size || (truth[b] && truth[b] != array.element && whole[b] != array.element))
          fail(line, "array", p, b);
    }
  }
  precise += want;
}
"""


class Part:
    """So many of one type: how the source says it, how often it is laid, and whether the source may only vary it."""

    def __init__(self, kind, count, text, tail="0"):
        self.kind, self.count, self.text, self.tail = kind, count, text, tail


def count(var):
    """A number as the source has it, and whether it is a constant."""
    if rnd.random() < 0.5:
        n = rnd.randint(1, 4)
        return str(n), True
    return var, False


def part(var, kind=None):
    kind = kind or rnd.choice(SCALARS + STRUCTS * 2 + list(FLEXIBLE) + ["text", "bytes"])
    if kind == "text":
        return Part("char", "strlen(text) + 1", "strlen(text) + 1")
    if kind == "bytes":
        n, _ = count(var)
        return Part("none", n, n)
    if kind in FLEXIBLE:
        n, _ = count(var)
        element = FLEXIBLE[kind]
        if rnd.random() < 0.2 and kind != "struct W":
            return Part(kind, "1", f"offsetof({kind}, {TAILS[kind]}[{n}]) + sizeof({kind}) - offsetof({kind}, {TAILS[kind]})", n)
        return Part(kind, "1", f"sizeof({kind}) + {n} * sizeof({element})", n)
    form = rnd.randint(0, 5)
    if form == 0:
        return Part(kind, "1", f"sizeof({kind})")
    n, fixed = count(var)
    if form == 1:
        return Part(kind, f"{n} + 1", f"({n} + 1) * sizeof({kind})")
    if form == 2:
        return Part(kind, "4", f"(sizeof({kind}) << 2)")
    if form == 3:
        return Part(kind, f"2 * ({n})", f"{n} * sizeof({kind}[2])")
    return Part(kind, n, rnd.choice([f"{n} * sizeof({kind})", f"sizeof({kind}) * {n}"]))


def receivers(parts):
    kinds = [p.kind for p in parts if p.kind != "none"]
    return kinds * 3 + ["void", "void", "char", rnd.choice(STRUCTS), rnd.choice(SCALARS)]


class Case:
    def __init__(self, number):
        self.lines, self.number = [], number

    def emit(self, text):
        self.lines.append("  " + text)


def order(parts, receiver):
    """An order in which a program may lay them: what the receiver points to comes first, what has a tail last of all
    that it may be with."""
    first = [p for p in parts if p.kind == receiver or (receiver == "struct A" and p.kind == "struct E")]
    rest = list(parts)
    rnd.shuffle(rest)
    if first:
        head = rnd.choice(first)
        rest.remove(head)
        return [head] + rest
    return rest


def check(case, ordered, want):
    case.emit("struct part parts[] = {%s};" % ", ".join(f"{{&kind_{ident(p.kind)}, {p.count}, {p.tail}}}" for p in ordered))
    case.emit(f"sink = p; check((char *)p, size_of_all, parts, {len(ordered)}, {want}, {case.number}); free(p);")


def ident(kind):
    return kind.replace("struct ", "").replace(" *", "_pointer").replace(" ", "_")


def random_case(case):
    parts = [part(rnd.choice("nm")) for _ in range(rnd.choice([1, 1, 2, 2, 2, 3]))]
    # what follows a tail of its own type would be of that tail
    if sum(p.kind in FLEXIBLE for p in parts) and len(parts) > 1:
        parts = [p for p in parts if p.kind in FLEXIBLE][:1]
        parts += [part("m", rnd.choice(["double", "short", "struct A", "bytes"]))] if parts[0].kind == "struct F" else []
        if len(parts) > 1 and parts[1].kind == "none":
            parts.pop()
    kinds = [p.kind for p in parts]
    if len(set(kinds)) < len(kinds):
        parts = parts[:1]
        kinds = [p.kind for p in parts]
    receiver = rnd.choice(receivers(parts))
    if receiver == "char" and any(p.kind == "none" for p in parts):
        receiver = "void"  # bytes that a char * receives are characters
    if receiver == "struct A" and "struct E" in kinds and "struct A" in kinds:
        receiver = "void"
    if any(p.kind == "none" for p in parts) and receiver not in ["void"] + kinds:
        receiver = "void"
    if any(p.kind == "char" for p in parts) and receiver not in ["void", "char"] + kinds:
        receiver = "void"
    texts = [p.text for p in parts]
    shuffled = list(texts)
    rnd.shuffle(shuffled)
    total = " + ".join(shuffled)
    way = rnd.randint(0, 9)
    case.emit(f"size_t n = vary + {rnd.randint(0, 4)}, m = vary + {rnd.randint(1, 5)};")
    size = total
    if way == 0:
        case.emit(f"size_t s = {total};")
        size = "s"
    elif way == 1:
        case.emit(f"size_t s = {shuffled[0]};")
        for each in shuffled[1:]:
            case.emit(f"s += {each};")
        size = "s"
    elif way == 2 and receiver in kinds and (receiver != "char" or len(parts) == 1):
        size = f"opaque({total})"
    elif way == 3:  # one part comes in a loop
        loop = next((p for p in parts if p.kind not in FLEXIBLE and p.kind not in ("char", "none")), None)
        if loop:
            others = [p.text for p in parts if p is not loop]
            case.emit(f"size_t s = {' + '.join(others) or 0};")
            case.emit(f"for (size_t i = 0; i < m; i++) s += sizeof({loop.kind});")
            loop.count = "m"
            size = "s"
    elif way == 4:  # one part comes under a condition
        last = parts[-1]
        if len(parts) > 1 and last.kind not in FLEXIBLE:
            case.emit(f"size_t s = {' + '.join(p.text for p in parts[:-1])};")
            case.emit(f"if (n > 2) s += {last.text};")
            last.count = f"n > 2 ? {last.count} : 0"
            size = "s"
    elif way == 5:
        size = f"(n > 2 ? {total} : {total})"
    elif way == 6 and len(parts) > 1 and not any(p.kind in FLEXIBLE for p in parts):
        a, b = parts[0], parts[1]
        size = f"(n > 2 ? {a.text} : {b.text})"
        parts = [a, b]
        a.count, b.count = f"n > 2 ? {a.count} : 0", f"n > 2 ? 0 : {b.count}"
        if receiver in kinds:  # it may lie, where there is none of it
            receiver = "void"
    elif way == 7 and not any(p.kind in FLEXIBLE for p in parts) and len(parts) > 1:
        # rows of all parts: laid again and again
        case.emit(f"size_t size_of_all = 3 * ({total});")
        case.emit(f"{receiver} *p = calloc(3, {total});")
        ordered = order(parts, receiver)
        check(case, ordered * 3, 0)
        return
    case.emit(f"size_t size_of_all = {size};")
    call = rnd.choice([f"malloc({size})", f"malloc({size})", f"calloc(1, {size})", f"realloc(NULL, {size})"])
    if receiver == "void":
        cast = ""
    else:
        cast = rnd.choice(["", f"({receiver} *)", f"({receiver} *)(char *)", "(void *)"])
    case.emit(f"{receiver} *p = {cast}{call};")
    check(case, order(parts, receiver), 0)


def plain_case(case):
    """The forms of which all is told."""
    kind = rnd.choice(SCALARS + STRUCTS)
    case.emit(f"size_t n = vary + {rnd.randint(1, 9)};")
    form = rnd.randint(0, 11)
    receiver, tail, ordered = kind, None, None
    if form == 0:
        call, ordered = f"malloc(sizeof({kind}))", [Part(kind, "1", "")]
    elif form == 1:
        call, ordered = f"malloc(n * sizeof *p)", [Part(kind, "n", "")]
    elif form == 2:
        call, ordered = rnd.choice([f"calloc(n, sizeof *p)", f"calloc(sizeof *p, n)"]), [Part(kind, "n", "")]
    elif form == 3:
        kind = rnd.choice(list(FLEXIBLE))
        receiver, call = kind, f"malloc(sizeof({kind}) + n * sizeof({FLEXIBLE[kind]}))"
        ordered = [Part(kind, "1", "", "n")]
    elif form == 4:
        call, ordered = f"malloc(n * sizeof *p + 24)", [Part(kind, "n", ""), Part("none", "24", "")]
    elif form == 5:
        call, ordered = f"malloc(sizeof *p + n)", [Part(kind, "1", ""), Part("none", "n", "")]
    elif form == 6:
        other = rnd.choice([k for k in STRUCTS if k not in (kind, "struct E")])
        kind = receiver = "struct E" if kind != "struct E" else kind
        call, ordered = f"malloc(sizeof({kind}) + n * sizeof(double))", [Part(kind, "1", ""), Part("double", "n", "")]
    elif form == 7:
        kind = receiver = "struct A"
        call, ordered = "malloc(sizeof(struct B) + sizeof(struct A))", [Part("struct A", "1", ""), Part("struct B", "1", "")]
    elif form == 8:
        receiver, call, ordered = "char", "malloc(strlen(text) + 1)", [Part("char", "strlen(text) + 1", "")]
    elif form == 9:
        case.emit(f"{kind} (*p)[4] = malloc(n * sizeof *p);")
        case.emit(f"struct part parts[] = {{{{&kind_{ident(kind)}, 4 * n, 0}}}};")
        case.emit(f"if (alloc_get_type(p) != uniqtype_array(alloc_typeof({kind}[4]), n)) fail({case.number}, \"rows\", (char *)p, 0);")
        case.emit(f"sink = p; check((char *)p, n * sizeof *p, parts, 1, 1, {case.number}); free(p);")
        return
    elif form == 10:
        case.emit(f"size_t s = n; s *= sizeof({kind});")
        call, ordered = "malloc(s)", [Part(kind, "n", "")]
    else:
        case.emit(f"size_t s = 0; for (size_t i = 0; i < n; i++) s += sizeof({kind});")
        call, ordered = "malloc(s)", [Part(kind, "n", "")]
    case.emit(f"{receiver} *p = {call};")
    case.emit("size_t size_of_all = alloc_get_size(p);")
    check(case, ordered, 1)


out = [HEAD]
for kind in SCALARS + STRUCTS + list(FLEXIBLE) + ["char", "none"]:
    out.append(f"static struct kind kind_{ident(kind)};")
bodies, calls = [], []
for number in range(cases):
    case = Case(number + 1)
    (plain_case if number % 3 == 0 else random_case)(case)
    bodies.append(f"static __attribute__((noinline)) void case_{number}(void) {{\n" + "\n".join(case.lines) + "\n}")
    calls.append(f"  case_{number}();")
out += bodies
out.append("int main(void) {")
for kind in SCALARS + ["char"]:
    out.append(f"  kind_{ident(kind)} = (struct kind){{.type = alloc_typeof({kind}), .size = sizeof({kind}), .n = 1, .leaves = "
               f"{{{{0, sizeof({kind}), alloc_typeof({kind})}}}}}};")
out.append("  kind_none.size = 1;")
for kind, leaves in LEAVES.items():
    text = ", ".join(f"{{offsetof({kind}, {at}), sizeof({t}), alloc_typeof({t})}}" for at, t in leaves)
    more = ""
    if kind in FLEXIBLE:
        more = f".tail = alloc_typeof({FLEXIBLE[kind]}), .tail_at = offsetof({kind}, {TAILS[kind]}), .tail_size = sizeof({FLEXIBLE[kind]}), "
    out.append(f"  kind_{ident(kind)} = (struct kind){{.type = alloc_typeof({kind}), .size = sizeof({kind}), {more}.n = {len(leaves)}, "
               f".leaves = {{{text}}}}};")
out += calls
out.append(f"  if (precise < {cases // 4}) printf(\"only %d precise\\n\", precise), failures++;")
out.append('  printf("%d wrong\\n", failures);\n  return failures != 0;\n}')
print("\n".join(out))
