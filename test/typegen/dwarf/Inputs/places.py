"""places.py TYPEGEN SCRATCH: variables, functions, locals and calls, of DWARF made by hand, and what a meta file tells of them."""
import json
import struct
import sys

from dwarf import CFA, CODE, DATA, FP, SP, Die, F, File, Told, at, breg, fbreg, number, sleb, uleb

told = Told(*sys.argv[1:])
int_ = Die("base_type", name="int", byte_size=4, encoding=5)
char = Die("base_type", name="char", byte_size=1, encoding=6)
long = Die("base_type", name="long", byte_size=8, encoding=5)
TLS, PLUS, DEREF, STACK_VALUE = b"\xe0", b"\x23", b"\x06", b"\x9f"
FORM_TLS = b"\x9b"


def places(file):
    """Of variables and functions: name, address, size."""
    lines = told.of(file)
    if len(lines) == 1 and "/*" not in lines[0]:
        return lines
    image, = json.loads(told.run("--json", told.scratch + ".meta").stdout)
    return [f"{o['name']} {(o.get('address') or 0) - DATA:#x} {o['size']}" for o in image["statics"] if o["kind"] != "function"] + \
        [f"{o['name']} thread {o['size']}" for o in image["thread_locals"]] + \
        [f"{o['name']}() {o['address'] - CODE:#x}" for o in image["statics"] if o["kind"] == "function"]


def variable(name, type, location, **more):
    return Die("variable", **({"name": name} if name else {}), type=type, location=location, **more)


# Where a variable is
for claim, version, location, wanted in [
    ("an address", 4, at(DATA + 8), "v 0x8 4"),
    ("an address and a distance", 4, at(DATA + 8) + PLUS + b"\x10", "v 0x18 4"),
    ("an address, by number", 5, None, "v 0x8 4"),
    ("an address of the GNU's, by number", 5, b"\xfb", "v 0x8 4"),
    ("a constant, by number, is no address", 5, b"\xa2", ""),
    ("the last that is loaded", 4, at(DATA + 4096 - 4), "v 0xffc 4"),
    ("one of which the end is not loaded", 4, at(DATA + 4096 - 3), ""),
    ("one behind what is loaded", 4, at(DATA + 4096), ""),
    ("what the linker dropped", 4, at(0), ""),
    ("a constant is no address", 4, b"\x0e" + number(DATA + 8, 8), ""),
    ("one of four bytes neither", 4, b"\x0c" + number(DATA + 8, 4), ""),
    ("a value that is computed", 4, at(DATA + 8) + DEREF, ""),
    ("a constant and a distance", 4, b"\x0e" + number(DATA + 8, 8) + PLUS + b"\x10", ""),
    ("an address and more than a distance", 4, at(DATA + 8) + PLUS + b"\x10" + PLUS + b"\x10", ""),
    ("a register", 4, b"\x50", ""),
    ("nothing", 4, b"", ""),
    ("a list of places", 4, F("sec_offset", 0), ""),
    ("a list of places, by number", 5, F("loclistx", 0), ""),
    ("of each thread", 4, b"\x0e" + number(8, 8) + TLS, "v thread 4"),
    ("of each thread, in four bytes", 4, b"\x0c" + number(8, 4) + FORM_TLS, "v thread 4"),
    ("of each thread, by number", 5, b"\xa2", "v thread 4"),
    ("of each thread, by the GNU's number", 5, b"\xfc", "v thread 4"),
    ("of each thread, and more", 4, b"\x0e" + number(8, 8) + TLS + PLUS + b"\x04", ""),
]:
    file = File(version)
    if version == 5 and location is None:
        location = b"\xa1" + uleb(file.index(file.addresses, DATA + 8))
    elif version == 5 and isinstance(location, bytes):
        of_thread = "thread" in claim
        location += uleb(file.index(file.addresses, 8 if of_thread else DATA + 8)) + (TLS if of_thread else b"")
    file.unit(int_, variable("v", int_, location), addr_base=file.header_of_table() if version == 5 else 0)
    told.expect(f"a variable at {claim}", places(file), wanted)

# What it is called, and where it is declared
file = File()
declaration = Die("variable", name="told_before", type=int_, external=True, declaration=True, decl_line=3)
file.unit(int_, declaration, Die("variable", specification=declaration, location=at(DATA + 4)),
          Die("variable", name="only_declared", type=int_, declaration=True, location=at(DATA + 8)),
          Die("namespace", variable("in_namespace", int_, at(DATA + 16)), name="n"),
          Die("module", variable("in_module", int_, at(DATA + 20)), name="n"),
          Die("structure_type", variable("in_structure", int_, at(DATA + 24)), name="s", byte_size=4),
          Die("subprogram", variable("own", int_, at(DATA + 28), decl_line=8),
              Die("lexical_block", Die("lexical_block", variable("deep", int_, at(DATA + 32)))),
              Die("subprogram", variable("nested", int_, at(DATA + 36)), name="inner"),
              variable("again", int_, at(DATA + 40)), name="f", prototyped=True, low_pc=CODE, high_pc=CODE + 16),
          variable("outside", int_, at(DATA + 44), decl_line=0xffff))
told.expect("variables are those of their function, and what only declares is none",
            [l for l in told.of(file) if l.startswith("static")], """
    static int again; /* 4 bytes, ?:0, in f() */
    static int deep; /* 4 bytes, ?:0, in f() */
    static void f(void); /* function, ?:0 */
    static int in_module; /* 4 bytes, ?:0 */
    static int in_namespace; /* 4 bytes, ?:0 */
    static int nested; /* 4 bytes, ?:0, in inner() */
    static int outside; /* 4 bytes, ?:65535 */
    static int own; /* 4 bytes, ?:8, in f() */
    static int told_before; /* 4 bytes, ?:3 */
    """)

# Of what its type leaves open the symbol tells the size: that of the largest variable there
tail = Die("array_type", Die("subrange_type"), type=int_)
none = Die("array_type", Die("subrange_type", count=0), type=char)
whole = Die("array_type", Die("subrange_type", count=2), type=int_)
in_it = Die("structure_type", Die("member", name="n", type=int_),
            Die("member", name="tail", type=tail, data_member_location=4), name="in_it", byte_size=4)
around = Die("structure_type", Die("member", name="i", type=in_it), name="around", byte_size=4)
ends_in_one = Die("structure_type", Die("member", name="i", type=tail), Die("member", name="n", type=int_), name="ends_in_one", byte_size=4)
empty = Die("structure_type", name="empty", byte_size=4)
for claim, type, size in [
    ("an array without bound", tail, 24), ("a structure that ends in one", in_it, 24), ("one that ends in such", around, 24),
    ("one that does not end so", ends_in_one, 4), ("one without members", empty, 4), ("an array of a bound", whole, 8), ("a number", int_, 4),
    ("an array of no elements", none, 0),
]:
    file = File()
    for i in range(9):  # on both sides, so that each way of the search is gone
        file.symbol(f"s{i}", DATA + 32 * i, 4)
    file.symbol("large", DATA + 128, 24)
    file.symbol("small", DATA + 128, 8)
    file.symbol("code", DATA + 128, 999, kind=2)
    file.symbol("nowhere", DATA + 128, 2000, section=0)
    file.symbol("too_large", DATA + 128, 5000)
    file.symbol("section", DATA + 128, 2000, kind=3)
    file.unit(int_, char, tail, none, whole, in_it, around, ends_in_one, empty, variable("v", type, at(DATA + 128)))
    told.expect(f"the size of {claim}", places(file), f"v 0x80 {size}" if size or type is none else "")
for i in range(9):
    file = File()
    for j in range(9):
        file.symbol(f"s{j}", DATA + 32 * j, 4 + 4 * j)
    file.unit(int_, tail, variable("v", tail, at(DATA + 32 * i)), variable("w", tail, at(DATA + 32 * i + 8)))
    told.expect(f"a symbol among nine, number {i}; where there is none, no variable", places(file), f"v {32 * i:#x} {4 + 4 * i}")
for depth, size in ((63, 24), (64, 4)):
    nested = [in_it]
    for i in range(depth - 1):
        nested.append(Die("structure_type", Die("member", name="i", type=nested[-1]), name=f"n{i}", byte_size=4))
    file = File()
    file.symbol("s", DATA + 8, 24)
    file.unit(int_, tail, *nested, variable("v", nested[-1], at(DATA + 8)))
    told.expect(f"one within {depth - 1} others", places(file), f"v 0x8 {size}")
file = File()
file.symbol("s", DATA + 8, 4)
file.symbol("short", DATA + 16, 2)
big = Die("structure_type", Die("member", name="tail", type=tail, data_member_location=8), name="big", byte_size=8)
file.unit(int_, tail, big, variable("v", big, at(DATA + 16)), variable("t", tail, b"\x0e" + number(8, 8) + TLS))
told.expect("a symbol that says less is not believed; a thread's variable has none",
            [l for l in told.of(file) if not l.startswith(("type", "struct", " ", "}"))],
            "static struct big v; /* 8 bytes, ?:0 */")

# The symbol table alone
file = File()
file.symbol("b", DATA + 8, 8)
file.symbol("b_too", DATA + 8, 8)
file.symbol("part_of_b", DATA + 8, 4)
file.symbol("a", DATA, 4)
file.symbol("f", CODE + 16, 0, kind=2)
file.symbol("data_as_code", DATA + 64, 4, kind=2)
file.symbol("code_as_data", CODE + 64, 4)
file.symbol("", DATA + 128, 4)
file.symbol("no_size", DATA + 256, 0)
file.symbol("at_zero", 0, 4)
file.sections = {name: b"" for name in (".debug_info", ".debug_abbrev", ".debug_str")}
lines = told.of(file, "--symbols")
told.expect("symbols of variables and functions that are loaded", lines, """
    static (no type) a; /* 4 bytes, ?:0 */
    static (no type) b; /* 8 bytes, ?:0 */
    static (no type) b_too; /* 8 bytes, ?:0 */
    static (no type) code_as_data; /* 4 bytes, ?:0 */
    static (no type) f; /* function, ?:0 */
    static (no type) part_of_b; /* 4 bytes, ?:0 */
    """)

image, = json.loads(told.run("--json", told.scratch + ".meta").stdout)
told.expect("and their sizes, of functions none", [f"{o['name']} {o['size']}" for o in sorted(image["statics"], key=lambda o: o["name"])],
            "a 4\nb 8\nb_too 8\ncode_as_data 4\nf 0\npart_of_b 4")
# Of a variable and a function at one place
for first, second in (("v", "f"), ("f", "v")):
    file = File()
    for name in (first, second, "other"):
        file.symbol(name, CODE + (0 if name == "other" else 64), 0 if name == "f" else 24, kind=2 if name == "f" else 1)
    file.unit(int_, tail, variable("v", tail, at(CODE + 64)))
    told.expect("a variable has its own symbol's size", [line for line in told.of(file) if "v[]" in line], "static int v[]; /* 24 bytes, ?:0 */")

# Literals: of Clang's, which describes them as variables without name
letters = Die("array_type", Die("subrange_type", count=6), type=char)
numbers = Die("array_type", Die("subrange_type", count=3), type=long)
wide = Die("base_type", name="wide", byte_size=32, encoding=7)
of_wide = Die("array_type", Die("subrange_type", count=1), type=wide)
file = File()
file.unit(char, long, wide, int_, letters, numbers, of_wide, none, variable(None, letters, at(DATA)), variable(None, numbers, at(DATA + 64)),
          variable(None, numbers, at(DATA + 32)), variable(None, of_wide, at(DATA + 128)), variable(None, int_, at(DATA + 256)),
          variable("named", letters, at(DATA + 512)), variable(None, none, at(DATA + 600)))
told.expect("variables without name are literals, if they are of characters or numbers",
            [l for l in told.of(file) if l.startswith(("static", "lit"))], """
    static char named[6]; /* 6 bytes, ?:0 */
    static char ?[0]; /* 0 bytes, ?:0 */
    static int ?; /* 4 bytes, ?:0 */
    static unsigned _BitInt(256) ?[1]; /* 32 bytes, ?:0 */
    literal long[3];
    literal long[3];
    literal char[6];
    """)

# The same, told twice, is once; what differs is not
file = File()
for name in ("a.c", "b.c"):
    i = Die("base_type", name="int", byte_size=4, encoding=5)
    l = Die("base_type", name="long", byte_size=8, encoding=5)
    file.unit(i, l, variable("v", i, at(DATA)), variable("w" + name[0], i, at(DATA + 16)), variable("x", l if name == "a.c" else i, at(DATA + 32)),
              Die("subprogram", Die("variable", name="local", type=i, location=fbreg(-20)), name="f", prototyped=True, low_pc=CODE, high_pc=CODE + 16,
                  frame_base=CFA), name=name)
told.expect("what two units tell", [l for l in told.of(file) if not l.startswith("type")], """
    static void f(void); /* function, ?:0 */
    static int v; /* 4 bytes, ?:0 */
    static int wa; /* 4 bytes, ?:0 */
    static int wb; /* 4 bytes, ?:0 */
    static int x; /* 4 bytes, ?:0 */
    static long x; /* 8 bytes, ?:0 */
    frame of f: /* ?:0 */
      int local; /* rbp-4, line 0 */
    """)


file = File()
file.unit(int_, *[variable(name, int_, at(DATA), decl_line=line) for line, name in enumerate(["a", "b", "a", "b"])])
told.expect("two names of one place", [l for l in told.of(file) if not l.startswith("type")], """
    static int a; /* 4 bytes, ?:0 */
    static int b; /* 4 bytes, ?:1 */
    """)


# Functions
def functions(claim, wanted, *dies, file=None, **unit):
    file = file or File()
    file.unit(int_, char, *dies, **unit)
    told.expect(claim, [l for l in told.of(file) if not l.startswith("type")], wanted)


declared = Die("subprogram", Die("formal_parameter", type=int_, name="a"), name="declared", prototyped=True, declaration=True, type=int_)
inline = Die("subprogram", Die("formal_parameter", type=char, name="b"), name="inline_one", prototyped=True, inline=1)
functions("functions are those that have code, and a name; their types are those of their declarations", """
    static int declared(int); /* function, ?:0 */
    static void first_byte(void); /* function, ?:0 */
    static void inline_one(char); /* function, ?:0 */
    static void last_byte(void); /* function, ?:0 */
    """, declared, Die("subprogram", specification=declared, low_pc=CODE + 16, high_pc=CODE + 32), inline,
          Die("subprogram", abstract_origin=inline, low_pc=CODE + 32, high_pc=CODE + 48),
          Die("subprogram", name="first_byte", prototyped=True, low_pc=CODE, high_pc=CODE + 1),
          Die("subprogram", name="last_byte", prototyped=True, low_pc=CODE + 4095, high_pc=CODE + 4096),
          Die("subprogram", name="behind", prototyped=True, low_pc=DATA, high_pc=DATA + 1),
          Die("subprogram", name="dropped", prototyped=True, low_pc=0, high_pc=1),
          Die("subprogram", name="no_code", prototyped=True),
          Die("subprogram", prototyped=True, low_pc=CODE + 100, high_pc=CODE + 101))

# Locals
for claim, base, local, wanted in [
    ("from the CFA", CFA, fbreg(-20), -4), ("above it", CFA, fbreg(8), 24), ("from the frame pointer", FP, fbreg(-20), -20),
    ("from the frame pointer, which is the base", FP, breg(6, -24), -24), ("from another register", FP, breg(3, -24), None),
    ("from a register, where the base is the CFA", CFA, breg(6, -24), None), ("by more than an address", CFA, fbreg(-20) + DEREF, None),
    ("in a register", CFA, b"\x53", None), ("of a base that is computed", FP + DEREF, fbreg(-20), None),
    ("of a base that is another register", b"\x53", fbreg(-20), None), ("of no base", None, fbreg(-20), None),
    ("of the stack pointer, of which nothing is told", SP, fbreg(16), None),
    ("so far that it is in no frame", CFA, fbreg(1 << 31), None), ("as far as can be", CFA, fbreg((1 << 31) - 17), (1 << 31) - 1),
    ("as deep as can be", FP, fbreg(-1 << 31), -1 << 31), ("deeper", FP, fbreg((-1 << 31) - 1), None),
    ("by a list", CFA, F("sec_offset", 0), None),
    ("in a block of two bytes, which compilers do not write", CFA, F("block2", fbreg(-20)), None), ("nowhere", CFA, None, None),
]:
    wanted = "" if wanted is None else f"frame of f: /* ?:0 */\n          int v; /* rbp{wanted:+}, line 7 */"
    v = Die("variable", name="v", type=int_, decl_line=7, **({"location": local} if local else {}))
    f = Die("subprogram", v, name="f", prototyped=True, low_pc=CODE + 16, high_pc=CODE + 32, **({"frame_base": base} if base else {}))
    file = File()
    file.unit(int_, f)
    lines = [l for l in told.of(file) if l.startswith(("frame", "  "))]
    told.expect(f"a local {claim}", [l.strip() for l in lines], wanted.replace("          ", ""))
inlined = Die("subprogram", Die("variable", name="in_inlined", type=int_), name="inlined", inline=1)
functions("locals of blocks, parameters, and functions that were inlined; what the compiler made is none", """
    static void f(int); /* function, ?:0 */
    static void g(void); /* function, ?:0 */
    frame of f: /* ?:0 */
      int a; /* rbp-4, line 0 */
      int b; /* rbp-8, line 0 */
      int in_inlined; /* rbp-12, line 0, inlined from inlined() */
      int outer; /* rbp-20, line 0 */
    """, inlined, Die("subprogram", Die("formal_parameter", name="a", type=int_, location=fbreg(-20)),
                      Die("variable", name="made", type=int_, location=fbreg(-40), artificial=True),
                      Die("lexical_block", Die("variable", name="b", type=int_, location=fbreg(-24)),
                          Die("inlined_subroutine", Die("variable", abstract_origin=inlined.children[0], location=fbreg(-28)),
                              abstract_origin=inlined)),
                      Die("variable", name="outer", type=int_, location=fbreg(-36)),
                      name="f", prototyped=True, low_pc=CODE + 16, high_pc=CODE + 32, frame_base=CFA),
          Die("variable", name="of_no_function", type=int_, location=fbreg(-20)),
          Die("subprogram", name="g", prototyped=True, low_pc=CODE + 32, high_pc=CODE + 48, frame_base=CFA),
          Die("subprogram", Die("variable", name="of_no_code", type=int_, location=fbreg(-24)), name="h", frame_base=CFA))

# Of functions without frame pointer: the distance of the stack pointer in the body, by their unwind entry
STEP, TO = (lambda n: bytes([0x40 + n])), (lambda n: b"\x0e" + uleb(n))
for claim, instructions, wanted in [
    ("one distance", STEP(4) + TO(48), 32 - 48),
    ("one distance, which ends before the end", STEP(4) + TO(48) + STEP(20) + TO(8), -16),
    ("and is there again behind a return", STEP(4) + TO(48) + STEP(8) + TO(8) + STEP(1) + TO(48), -16),
    ("in two steps", STEP(1) + TO(16) + STEP(3) + TO(48) + STEP(20) + TO(16) + STEP(1) + TO(8), -16),
    ("no distance", b"", 16 - 8 + 16),
    ("two distances: arguments that are pushed, and taken away", STEP(4) + TO(48) + STEP(4) + TO(56) + STEP(4) + TO(48) + STEP(4) + TO(56), None),
    ("one more behind a return", STEP(4) + TO(48) + STEP(8) + TO(8) + STEP(1) + TO(48) + STEP(1) + TO(56), None),
    ("another one behind a return", STEP(4) + TO(48) + STEP(8) + TO(8) + STEP(1) + TO(40), None),
    ("one from another register", STEP(4) + b"\x0c\x06\x10", None),
]:
    f = Die("subprogram", Die("variable", name="v", type=int_, location=fbreg(16)),
            name="f", prototyped=True, low_pc=CODE + 16, high_pc=48, frame_base=SP)
    file = File()
    file.unwind(CODE + 16, 48, instructions)
    file.unit(int_, f)
    told.expect(f"a local where the stack pointer has {claim}", [l.strip() for l in told.of(file) if l.startswith("  ")],
                "" if wanted is None else f"int v; /* rbp{wanted:+}, line 0 */")
file = File()
file.unwind(CODE + 32, 32, STEP(4) + TO(48))
file.unit(int_, f)
told.expect("one of whose code a part has no entry", [l for l in told.of(file) if l.startswith("  ")], "")
# Before DWARF 3 there was no word for the CFA: a list said where the stack pointer is from it, from the entry on
for version, first, wanted in ((2, breg(7, 8), -4), (4, breg(7, 8), -4), (4, breg(7, 16), None), (4, breg(6, 8), None), (4, CFA, -4)):
    file = File(version)
    file.sections[".debug_loc"] = b"".join(number(a, 8) for a in (CODE + 16, CODE + 17)) + number(len(first), 2) + first + bytes(16)
    file.unit(int_, Die("subprogram", Die("variable", name="v", type=int_, location=fbreg(-20)), name="f", prototyped=True, low_pc=CODE + 16,
                        high_pc=F("addr", CODE + 32), frame_base=F("sec_offset" if version == 4 else "data4", 0)), low_pc=F("addr", 0))
    told.expect(f"a frame base by a list of version {version}", [l.strip() for l in told.of(file) if l.startswith("  ")],
                "" if wanted is None else f"int v; /* rbp{wanted:+}, line 0 */")

# Calls. Code of one byte instructions, with calls in it
DIRECT, INDIRECT = b"\xe8" + number(0x100, 4), b"\xff\xd0"
OUT = b"\xe8" + number(0x10000, 4)
code = bytearray(b"\x90" * 256)
for place, call in ((0, DIRECT), (16, INDIRECT), (32, OUT), (48, DIRECT), (64, b"\xff\x54\x24\x08"),
                    (80, DIRECT), (91, DIRECT), (128, DIRECT), (144, DIRECT), (157, DIRECT)):
    code[place:place + len(call)] = call
for version in (2, 3, 4, 5):
    for is_64 in (False, True):
        file = File(version, is_64 and version > 2)
        file.code = bytes(code)
        rows = [(CODE, 0, 10), (CODE + 16, 1, 7), (CODE + 48, 0, 12), (CODE + 64, 0, 0), (CODE + 80, 0, 14), (CODE + 128, 0, 20), (CODE + 165, 0, 30)]
        file.lines("/folder", ["/folder/unit.c", "/folder2/header.h"], rows, CODE + 256)
        n = 1 if version < 5 else 0
        inner, outer = (Die("subprogram", name=name, prototyped=True, inline=1) for name in ("inner", "outer"))
        high = (lambda at, size: F("addr", at + size)) if version < 4 else (lambda at, size: size)
        f = Die("subprogram", Die("lexical_block", Die("inlined_subroutine", Die("inlined_subroutine", abstract_origin=inner, low_pc=CODE + 48,
                                                                         high_pc=high(CODE + 48, 5)),
                                  abstract_origin=outer, low_pc=CODE + 16, high_pc=high(CODE + 16, 37))),
                name="f", prototyped=True, low_pc=CODE, high_pc=high(CODE, 96), decl_file=n, decl_line=9)
        g = Die("subprogram", name="g", prototyped=True, low_pc=CODE + 128, high_pc=high(CODE + 128, 32), decl_file=n + 1, decl_line=19)
        file.unit(int_, inner, outer, f, g, Die("variable", name="v", type=int_, location=at(DATA + 8), decl_file=n, decl_line=3),
                  Die("variable", name="w", type=int_, location=at(DATA + 16), decl_file=9, decl_line=3),
                  comp_dir="/folder", stmt_list=0, low_pc=F("addr", 0))
        told.expect(f"calls, by the line table of version {version}{' of 64 bits' * is_64}: only what begins with the folder is told from there on; "
                    "no line, no call; that out of the program is none; one that is cut at the end neither",
                    [l for l in told.of(file) if not l.startswith("type")], """
            static void f(void); /* function, unit.c:9 */
            static void g(void); /* function, /folder2/header.h:19 */
            static int v; /* 4 bytes, unit.c:3 */
            static int w; /* 4 bytes, ?:3 */
            calls of g: /* /folder2/header.h:19 */
              +5: /* unit.c:20 */
              +21: /* unit.c:20 */
            calls of f: /* unit.c:9 */
              +5: /* unit.c:10 */
              +18: /* /folder2/header.h:7, in outer() */
              +53: /* unit.c:12, in inner() */
              +85: /* unit.c:14 */
              +96: /* unit.c:14 */
            """)

# Functions in pieces
file = File()
file.code = bytes(code)
file.lines("/folder", ["/folder/unit.c"], [(CODE, 0, 10)], CODE + 256)
pieces = file.ranges((CODE + 128, CODE + 136), (CODE, CODE + 8))
in_pieces = file.ranges((CODE + 128, CODE + 133))
inner = Die("subprogram", name="inner", prototyped=True, inline=1)
file.unit(inner, Die("subprogram", Die("inlined_subroutine", abstract_origin=inner, ranges=in_pieces), name="f", prototyped=True, ranges=pieces,
                     decl_file=1, decl_line=9),
          Die("subprogram", name="g", prototyped=True, low_pc=CODE + 144, high_pc=8, entry_pc=CODE + 145, decl_file=1, decl_line=19),
          comp_dir="/folder", stmt_list=0, low_pc=F("addr", 0))
image, = json.loads((told.of(file), told.run("--json", told.scratch + ".meta").stdout)[1])
told.expect("of a function in pieces the first that is told is its entry, if no other is said; its calls are those of each piece",
            [f"{o['name']} {o['address'] - CODE}" for o in image["statics"]] +
            [f"{c['function']} of {calls['name']} {c['returns_to'] - CODE} {c['line']}" for calls in image["calls"] for c in calls["calls"]], """
    f 128
    g 145
    f of f 5 10
    inner of f 133 10
    g of g 149 10
    """)
# What the meta file is of: the two places follow one another in its note
with open(told.scratch + ".meta", "rb") as meta:
    meta = meta.read()
at_headers, n_headers = struct.unpack_from("<Q", meta, 40)[0], struct.unpack_from("<H", meta, 60)[0]
for i in range(n_headers):
    kind, _, address, offset, size = struct.unpack_from("<IQQQQ", meta, at_headers + 64 * i + 4)
    if kind == 7:
        refs = [address + at_ref + struct.unpack_from("<i", meta, offset + at_ref)[0] for at_ref in range(0, size - 3, 4)]
        pairs = list(zip(refs, refs[1:]))
told.expect("the note says what is loaded of the file", [str((CODE, DATA + 4096) in pairs)], "True")

# In many pieces, each with a call, of which one is of a function that was inlined
file = File()
file.code = b"\xe8\0\0\0\0\x90\x90\x90" * 60
file.lines("/folder", ["/folder/unit.c"], [(CODE, 0, 10)], CODE + 480)
pieces = [(CODE + 8 * i, CODE + 8 * i + 8) for i in range(60)]
all_pieces, in_pieces = file.ranges(*pieces), file.ranges(*pieces[1::2])
inner = Die("subprogram", name="inner", prototyped=True, inline=1)
file.unit(inner, Die("subprogram", Die("inlined_subroutine", abstract_origin=inner, ranges=in_pieces), name="f", prototyped=True, ranges=all_pieces,
                     decl_file=1, decl_line=9), comp_dir="/folder", stmt_list=0, low_pc=F("addr", 0))
image, = json.loads((told.of(file), told.run("--json", told.scratch + ".meta").stdout)[1])
told.expect("a function in 60 pieces", [f"{c['function']} {c['returns_to'] - CODE}" for calls in image["calls"] for c in calls["calls"]],
            "\n".join(f"{'inner' if i % 2 else 'f'} {8 * i + 5}" for i in range(60)))
told.end()
