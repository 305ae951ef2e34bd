"""types.py TYPEGEN SCRATCH: types of all shapes, of DWARF made by hand, and what a meta file tells of them."""
import sys

from dwarf import CFA, DATA, Die, F, File, Told, at

told = Told(*sys.argv[1:])
GCC, CLANG = "GNU C17", "clang version 19"
# DW_ATE_*
BOOLEAN, COMPLEX, FLOAT, SIGNED, SIGNED_CHAR, UNSIGNED, UNSIGNED_CHAR, UTF, COMPLEX_INT = 2, 3, 4, 5, 6, 7, 8, 0x10, 0x80


def base(name, size, encoding, **more):
    return Die("base_type", name=name, byte_size=size, encoding=encoding, **more)


def variable(type, name="v", **more):
    return Die("variable", name=name, **({"type": type} if type else {}), location=at(DATA + 16), **more)


def case(claim, wanted, *dies, version=4, of_types=False, **unit):
    """Of a unit with these DIEs. Types that have no tag are told of as those of variables, or where the case is about them."""
    file = File(version)
    file.unit(*dies, **{"producer": GCC, "language": 0x1d, **unit})
    told.expect(claim, [line for line in told.of(file) if of_types or not line.startswith("type ")], wanted)


def of(claim, wanted, *dies, **more):
    """Of a variable of the last DIE's type."""
    case(claim, wanted, *dies, variable(dies[-1]), **more)


char, short, int_, long = base("char", 1, SIGNED_CHAR), base("short", 2, SIGNED), base("int", 4, SIGNED), base("long", 8, SIGNED)
unsigned = base("unsigned", 4, UNSIGNED)

# Base types: by encoding and size; the name tells apart what these do not.
for name, size, encoding, bits, wanted in [
    ("bool", 1, BOOLEAN, 0, "_Bool"),
    ("char", 1, SIGNED_CHAR, 0, "char"),
    ("unsigned char", 1, UNSIGNED_CHAR, 0, "unsigned char"),
    ("int", 4, SIGNED, 0, "int"),
    ("long", 8, SIGNED, 0, "long"),
    ("__int128", 16, SIGNED, 0, "__int128"),
    ("unsigned", 4, UNSIGNED, 0, "unsigned int"),
    ("char32_t", 4, UTF, 0, "unsigned int"),
    ("_BitInt", 4, SIGNED, 17, "_BitInt(17)"),
    ("unsigned _BitInt", 4, UNSIGNED, 31, "unsigned _BitInt(31)"),
    ("_BitInt", 4, SIGNED, 32, "int"),
    ("more bits than it has", 4, SIGNED, 33, "int"),
    ("float", 4, FLOAT, 0, "float"),
    ("float, of which bits are told", 4, FLOAT, 17, "float"),
    ("double", 8, FLOAT, 0, "double"),
    ("long double", 16, FLOAT, 0, "long double"),
    ("_Float64x", 16, FLOAT, 0, "long double"),
    ("long double", 8, FLOAT, 0, "double"),
    ("_Float128", 16, FLOAT, 0, "__float128"),
    (None, 16, FLOAT, 0, "__float128"),
    ("Float", 16, FLOAT, 0, "__float128"),
    ("_Float16", 2, FLOAT, 0, "_Float16"),
    ("__bf16", 2, FLOAT, 0, "__bf16"),
    ("bfloat16", 2, FLOAT, 0, "__bf16"),
    (None, 2, FLOAT, 0, "_Float16"),
    ("complex float", 8, COMPLEX, 0, "float _Complex"),
    ("complex", 16, COMPLEX, 0, "double _Complex"),
    ("complex long double", 32, COMPLEX, 0, "long double _Complex"),
    ("complex _Float128", 32, COMPLEX, 0, "__float128 _Complex"),
    ("complex int", 8, COMPLEX_INT, 0, "int _Complex"),
    # Of these it is not known what they are
    ("complex", 32, COMPLEX, 0, "__uninterpreted_byte[32]"),
    (None, 32, COMPLEX, 0, "__uninterpreted_byte[32]"),
    ("address", 8, 1, 0, "__uninterpreted_byte[8]"),
    ("none", 0, SIGNED, 0, "__uninterpreted_byte[0]"),
    ("widest", 1 << 20, UNSIGNED, 1000000, "unsigned _BitInt(1000000)"),
    ("too wide", (1 << 20) + 1, UNSIGNED, 1000000, f"__uninterpreted_byte[{(1 << 20) + 1}]"),
]:
    more = {"bit_size": bits} if bits else {}
    named = {"name": name} if name else {}
    type = Die("base_type", **named, byte_size=size, encoding=encoding, **more)
    case(f"base type {name}, {size}, {encoding}", f"type {wanted}; /* {size} bytes */", type, of_types=True)
for claim, attributes in (("no encoding", {"byte_size": 0}), ("no size", {"encoding": SIGNED})):
    case(f"a base type that tells {claim}", "type __uninterpreted_byte[0]; /* 0 bytes */", Die("base_type", **attributes), of_types=True)


def array(element, *ranges, **more):
    return Die("array_type", *[Die("subrange_type", **r) for r in ranges], **({"type": element} if element else {}), **more)


def member(name, type, offset=None, **more):
    place = {} if offset is None else {"data_member_location": offset}
    return Die("member", **({"name": name} if name is not None else {}), type=type, **place, **more)


def struct(name, size, *members, **more):
    return Die("structure_type", *members, **({"name": name} if name is not None else {}), byte_size=size, **more)


# Pointers, qualifiers, typedefs
node = struct("node", 16)
node.children = [member("next", Die("pointer_type", type=node, byte_size=8), 0), member("n", Die("pointer_type", type=long), 8)]
case("pointers go round, and need not tell their size", """
    struct node { /* 16 bytes */
      struct node *next; /* +0, 8 */
      long *n; /* +8, 8 */
    };
    """, long, node, *[m.attributes["type"] for m in node.children])
of("a pointer to nothing is to void", "static void *v; /* 8 bytes, ?:0 */", Die("pointer_type", byte_size=8))
of("a pointer of another size is bytes", "static __uninterpreted_byte v[4]; /* 4 bytes, ?:0 */", int_, Die("pointer_type", byte_size=4, type=int_))
for tag in ("reference_type", "rvalue_reference_type"):
    of(f"a {tag} is a pointer", "static int *v; /* 8 bytes, ?:0 */", int_, Die(tag, type=int_))
for tag in ("const_type", "volatile_type", "restrict_type", "immutable_type", "packed_type", "shared_type", "atomic_type"):
    of(f"a {tag} is what it is of", "static int v; /* 4 bytes, ?:0 */", int_, Die(tag, type=int_))
    of(f"a {tag} of nothing is void", "static void *v; /* 8 bytes, ?:0 */", of_nothing := Die(tag), Die("pointer_type", type=of_nothing))
outer = Die("typedef", name="outer", type=Die("const_type", type=Die("typedef", name="inner", type=Die("volatile_type", type=int_))))
chain = [outer, outer.attributes["type"], outer.attributes["type"].attributes["type"]]
chain.append(chain[-1].attributes["type"])
of("the outermost typedef is what it is called", "static outer v; /* 4 bytes, ?:0, int */", int_, *reversed(chain))
of("so it is behind qualifiers", "static inner v; /* 4 bytes, ?:0, int */", int_, *chain[:0:-1], )
of("a typedef of nothing is void", "static void *v; /* 8 bytes, ?:0 */", none := Die("typedef", name="none"), Die("pointer_type", type=none))
for length, wanted in ((999, "static t0 v; /* 4 bytes, ?:0, int */"), (1000, ".debug_info+")):
    links = [Die("typedef", name=f"t{i}") for i in range(length)]
    for link, to in zip(links, [*links[1:], int_]):
        link.attributes["type"] = to
    file = File()
    file.unit(int_, variable(links[0]), *links)
    got = told.of(file)
    told.expect(f"a chain of {length} typedefs", [line.partition("0x")[0] for line in got if not line.startswith("type ")], wanted)
for damaged in (F("ref4", 4000), F("ref_addr", 4000)):
    file = File()
    file.unit(variable(damaged))
    told.expect("a reference to what is not there", [told.of(file)[0].split(": ")[-1]], "the type that it refers to is not there")

# _Atomic: Clang pads what fits a power of two up to 16 bytes
for size, clang, gcc in ((1, "struct s v", None), (3, "__uninterpreted_byte v[4]", "struct s v"), (4, "struct s v", None),
                         (9, "__uninterpreted_byte v[16]", "struct s v"), (16, "struct s v", None), (17, "struct s v", None)):
    for producer, wanted, padded in ((CLANG, clang, "[" in clang), (GCC, gcc or clang, False)):
        shown = int(wanted.split("[")[1][:-1]) if padded else size
        of(f"an atomic structure of {size} bytes of {producer}", f"""
            struct s {{ /* {size} bytes */
            }};
            static {wanted}; /* {shown} bytes, ?:0 */
            """, s := struct("s", size), Die("atomic_type", type=s), producer=producer)
of("a typedef within an atomic type is not what it is called", "static int v; /* 4 bytes, ?:0 */",
   int_, t := Die("typedef", name="t", type=int_), Die("atomic_type", type=t))
of("one around it is", "static t v; /* 4 bytes, ?:0, int */", int_, a := Die("atomic_type", type=int_), Die("typedef", name="t", type=a))

# Names of what has no tag
unnamed = struct(None, 4, member("i", int_, 0))
first, second = Die("typedef", name="first", type=unnamed), Die("typedef", name="second", type=unnamed)
case("the first typedef names a structure, in whatever order they are met", """
    typedef struct { /* 4 bytes */
      int i; /* +0, 4 */
    } first;
    static second v; /* 4 bytes, ?:0, first */
    """, int_, variable(second), unnamed, first, second)
case("one of a constant one does not", """
    struct { /* 4 bytes */
      int i; /* +0, 4 */
    };
    static third v; /* 4 bytes, ?:0, struct /* */ */
    """, int_, unnamed, c := Die("const_type", type=unnamed), third := Die("typedef", name="third", type=c), variable(third))
case("nor one of an atomic one", """
    typedef struct { /* 4 bytes */
      int i; /* +0, 4 */
    } first;
    static first v; /* 4 bytes, ?:0 */
    """, int_, unnamed, c := Die("atomic_type", type=unnamed), Die("typedef", name="earlier", type=c), first, variable(first))
case("what has a tag keeps it; an empty one is none", """
    enum e { /* 4 bytes, unsigned int */
    };
    struct s { /* 0 bytes */
    };
    typedef enum { /* 4 bytes, unsigned int */
    } t;
    typedef union { /* 8 bytes */
    } u;
    """, Die("typedef", name="es", type=(e := Die("enumeration_type", name="e", byte_size=4))), e,
     Die("typedef", name="t", type=(t := Die("enumeration_type", byte_size=4))), t, struct("s", 0),
     Die("typedef", name="u", type=(u := Die("union_type", name="", byte_size=8))), u)

# Incomplete types
case("what is declared, or tells no size, is incomplete", """
    enum e; /* incomplete */
    struct s; /* incomplete */
    union u; /* incomplete */
    static struct s *v; /* 8 bytes, ?:0 */
    """, s := struct("s", 4, member("i", int_, 0), declaration=True), Die("union_type", name="u"),
     Die("enumeration_type", Die("enumerator", name="A", const_value=1), name="e", declaration=True), int_,
     p := Die("pointer_type", type=s), variable(p))

# Members
case("members of structures, classes and unions, at the end too, and of no size", """
    struct c { /* 8 bytes */
      int a; /* +0, 4 */
      int b; /* +4, 4 */
    };
    struct s { /* 4 bytes */
      int first; /* +0, 4 */
      int tail[]; /* +4 */
      int none[0]; /* +4, 0 */
    };
    union u { /* 8 bytes */
      int i; /* +0, 4 */
      long l; /* +0, 8 */
    };
    """, int_, long, tail := array(int_, {}), none := array(int_, {"count": 0}),
     struct("s", 4, member("first", int_), member("tail", tail, 4), member("none", none, 4)),
     Die("class_type", member("a", int_, 0), member("b", int_, 4), name="c", byte_size=8),
     Die("union_type", member("i", int_), member("l", long), name="u", byte_size=8))
case("what is only declared in it, and what begins where only running code knows, is not of it", """
    struct s { /* 16 bytes */
      int i; /* +4, 4 */
    };
    """, int_, struct("s", 16, member("static_one", int_, 0, external=True), member("declared", int_, 0, declaration=True),
                      member("i", int_, b"\x23\x04"), member("j", int_, b"\x23\x04\x06"), member("k", int_, b"\x06"),
                      Die("subprogram", name="method", declaration=True), Die("variable", name="in_it", type=int_, location=at(DATA))))
case("a class has those that it inherits, but for virtual ones", """
    struct base { /* 4 bytes */
      int i; /* +0, 4 */
    };
    struct derived { /* 12 bytes */
      struct base; /* +4, 4 */
      int j; /* +8, 4 */
    };
    """, int_, b := Die("class_type", member("i", int_, 0), name="base", byte_size=4),
     Die("class_type", Die("inheritance", type=b, data_member_location=4),
         Die("inheritance", type=b, data_member_location=0, virtuality=1), member("j", int_, 8), name="derived", byte_size=12))
case("members ascend; those at one place keep their order", """
    struct empty { /* 0 bytes */
    };
    struct s { /* 16 bytes */
      struct empty e; /* +0, 0 */
      int a; /* +0, 4 */
      struct empty f; /* +8, 0 */
      struct empty g; /* +8, 0 */
      int z; /* +8, 4 */
      int last; /* +12, 4 */
    };
    """, int_, empty := struct("empty", 0), struct("s", 16, member("f", empty, 8), member("g", empty, 8), member("z", int_, 8),
                                                   member("e", empty, 0), member("a", int_, 0), member("last", int_, 12)))
for claim, size, inside in [
    ("a member that begins behind the end", 4, member("i", int_, 5)),
    ("a bit-field that ends behind it", 4, member("b", int_, data_bit_offset=30, bit_size=3)),
    ("one that begins there", 4, member("b", int_, data_bit_offset=33, bit_size=1)),
    ("one of a structure whose bits are not countable", 1 << 60, member("b", int_, data_bit_offset=0, bit_size=1)),
]:
    file = File()
    file.unit(int_, struct("s", size, inside))
    told.expect(claim, [told.of(file)[0].split(": ")[-1]], "the member is not in its type")

# Bit-fields: where they are
enumeration = Die("enumeration_type", Die("enumerator", name="A", const_value=-1), name="e", byte_size=4)
bytes4 = base("four", 4, 1)
untold = Die("structure_type", name="untold", declaration=True)
for claim, type, more, wanted in [
    ("by its first bit", int_, dict(data_bit_offset=0, bit_size=3), "int b : 3; /* +0, bit 0 */"),
    ("in the second byte", int_, dict(data_bit_offset=13, bit_size=9), "int b : 9; /* +1, bit 5 */"),
    ("to the last bit", unsigned, dict(data_bit_offset=63, bit_size=1), "unsigned int b : 1; /* +7, bit 7 */"),
    ("of no other place", int_, dict(bit_size=7), "int b : 7; /* +0, bit 0 */"),
    ("at a byte", int_, dict(data_member_location=3, bit_size=7), "int b : 7; /* +3, bit 0 */"),
    ("from the most significant bit of a unit", int_, dict(data_member_location=4, byte_size=4, bit_offset=27, bit_size=3),
     "int b : 3; /* +4, bit 2 */"),
    ("of a unit that its type tells", int_, dict(data_member_location=4, bit_offset=3, bit_size=3), "int b : 3; /* +7, bit 2 */"),
    ("of a unit that is not known", untold, dict(data_member_location=4, bit_offset=3, bit_size=3),
     "unsigned int b : 3; /* +4, bit 0 */"),
    ("beyond the unit", int_, dict(data_member_location=0, byte_size=4, bit_offset=F("sdata", -5), bit_size=3),
     "int b : 3; /* +4, bit 2 */"),
    ("as wide as its type", long, dict(data_bit_offset=0, bit_size=64), "long b : 64; /* +0, bit 0 */"),
    ("of an enumeration with negative values", enumeration, dict(data_bit_offset=4, bit_size=4), "int b : 4; /* +0, bit 4 */"),
    ("of a truth value", base("_Bool", 1, BOOLEAN), dict(data_bit_offset=4, bit_size=1), "_Bool b : 1; /* +0, bit 4 */"),
    ("of a character", char, dict(data_bit_offset=4, bit_size=5), "char b : 5; /* +0, bit 4 */"),
    ("of bytes of which nothing is known", bytes4, dict(data_bit_offset=4, bit_size=5), "unsigned int b : 5; /* +0, bit 4 */"),
    ("of none, which is none", int_, dict(data_bit_offset=4, bit_size=0), ""),
    ("without a name, which is none", int_, dict(name="", data_bit_offset=4, bit_size=3), ""),
]:
    one = Die("member", **{"name": "b", "type": type, **more})
    file = File()
    file.unit(type, struct("s", 8, one))
    told.expect(f"a bit-field {claim}", [line.strip() for line in told.of(file) if line.startswith("  ") and "A =" not in line], wanted)

# Arrays
INT = "static int v{}; /* {} bytes, ?:0 */"
for claim, ranges, dimensions, size in [
    ("of a count", [{"count": 3}], "[3]", 12),
    ("of an upper bound", [{"upper_bound": 3}], "[4]", 16),
    ("of a bound that is a reference to none", [{"upper_bound": F("udata", 0)}], "[1]", 4),
    ("of both bounds", [{"lower_bound": 2, "upper_bound": 3}], "[2]", 8),
    ("of negative bounds", [{"lower_bound": -2, "upper_bound": 3}], "[6]", 24),
    ("of three dimensions", [{"count": 2}, {"upper_bound": 2}, {"count": 4}], "[2][3][4]", 96),
    ("of a constant in the abbreviation", [{"upper_bound": F("implicit_const", 6)}], "[7]", 28),
]:
    of(f"an array {claim}", INT.format(dimensions, size), int_, array(int_, *ranges),
       version=5 if "abbreviation" in claim else 4)
for claim, ranges, dimensions, rest in [
    ("without bound", [{}], "[]", ""),
    ("without a dimension", [], "[]", ""),
    ("of a bound that is computed", [{"upper_bound": b"\x30"}], "[]", ""),
    ("of a count that is computed", [{"count": b"\x30", "upper_bound": 3}], "[]", ""),
    ("of the upper bound -1", [{"upper_bound": -1}], "[0]", ", 0"),
    ("of the upper bound -1 in 8 bytes", [{"upper_bound": F("data8", (1 << 64) - 1)}], "[0]", ", 0"),
    ("that ends before it begins", [{"lower_bound": 5, "upper_bound": 3}], "[0]", ", 0"),
    ("of no elements", [{"count": 0}], "[0]", ", 0"),
    ("of no arrays", [{"count": 0}, {"count": 3}], "[0][3]", ", 0"),
    ("that is open outside", [{}, {"count": 3}], "[][3]", ""),
    ("that ends before zero", [{"upper_bound": F("data8", (1 << 64) - 3)}], "[0]", ", 0"),
    ("larger than memory", [{"upper_bound": F("data8", (1 << 63) - 2)}], f"[{(1 << 63) - 1}]", ""),
]:
    case(f"an array {claim}", f"""
        struct s {{ /* 4 bytes */
          int a{dimensions}; /* +4{rest} */
        }};
        """, int_, a := array(int_, *ranges), struct("s", 4, member("a", a, 4)))
of("what is no dimension is passed over", "static int v[3]; /* 12 bytes, ?:0 */", int_,
   Die("array_type", Die("enumeration_type", name="e", byte_size=4), Die("subrange_type", count=3), type=int_))
untold_pointer = Die("pointer_type", type=untold)
for lanes, element, more, wanted in [
    (4, int_, {}, "int __attribute__((vector_size(16))); /* 16 bytes */"),
    (3, int_, {}, "int __attribute__((ext_vector_type(3))); /* 16 bytes */"),
    (3, int_, {"byte_size": 12}, "int __attribute__((vector_size(12))); /* 12 bytes */"),
    (1, char, {}, "char __attribute__((vector_size(1))); /* 1 bytes */"),
    (1 << 30, int_, {}, f"int __attribute__((vector_size({1 << 32}))); /* {1 << 32} bytes */"),
    ((1 << 30) + 1, int_, {}, f"int __attribute__((ext_vector_type({(1 << 30) + 1}))); /* */"),
    (4, untold, {}, "struct untold __attribute__((ext_vector_type(4))); /* */"),
]:
    file = File()
    file.unit(int_, char, untold, array(element, {"count": lanes}, GNU_vector=True, **more))
    told.expect(f"a vector of {lanes}", [line for line in told.of(file) if "vector" in line], "type " + wanted)

# Functions
pointer_to_char = Die("pointer_type", type=char)


def parameters(*types):
    return [Die("formal_parameter", type=type) for type in types]


REST = Die("unspecified_parameters")
double = base("double", 8, FLOAT)
float_, half, long_double = base("float", 4, FLOAT), base("_Float16", 2, FLOAT), base("long double", 16, FLOAT)
complex_half = base("complex", 4, COMPLEX)
small = Die("enumeration_type", Die("enumerator", name="A", const_value=1), name="small", byte_size=1)
large = Die("enumeration_type", Die("enumerator", name="B", const_value=1), name="large", byte_size=8)
one_byte = struct("one_byte", 1)
promoted = [char, short, base("unsigned char", 1, UNSIGNED_CHAR), base("_Bool", 1, BOOLEAN), int_, unsigned, long, float_, half, double,
            long_double, complex_half]
for claim, children, more, wanted in [
    ("with a prototype", parameters(int_, pointer_to_char), dict(prototyped=True, type=int_), "int (*v)(int, char *)"),
    ("of nothing", [], dict(prototyped=True), "void (*v)(void)"),
    ("without a prototype", [], dict(type=int_), "int (*v)()"),
    ("with more", [*parameters(int_), REST], dict(prototyped=True), "void (*v)(int, ...)"),
    ("without prototype, but with parameters, as callers pass them", [*parameters(*promoted), REST], {},
     "void (*v)(int, int, int, int, int, unsigned int, long, double, _Float16, double, long double, _Float16 _Complex)"),
    ("of small values, with a prototype", parameters(*promoted[:4], float_), dict(prototyped=True),
     "void (*v)(char, short, unsigned char, _Bool, float)"),
    ("of what is no value", [*parameters(small, large, pointer_to_char, node, one_byte)], {},
     "void (*v)(int, unsigned long, char *, struct node, struct one_byte)"),
]:
    function = Die("subroutine_type", *children, **more)
    file = File()
    file.unit(small, large, one_byte, *promoted, pointer_to_char, node, *[m.attributes["type"] for m in node.children], function,
              p := Die("pointer_type", type=function), variable(p))
    told.expect(f"a function {claim}", [line for line in told.of(file) if line.startswith("static")],
                f"static {wanted}; /* 8 bytes, ?:0 */")
C_PLUS_PLUS, C = (0x04, 0x19, 0x1a, 0x21, 0x2a, 0x2b), (0x01, 0x02, 0x0c, 0x1d, 0x2c)
for language, wanted in [*[(number, "(void)") for number in C_PLUS_PLUS], *[(number, "()") for number in C]]:
    of("a function of C++ has a prototype, of C none", f"static void (*v){wanted}; /* 8 bytes, ?:0 */",
       f := Die("subroutine_type"), Die("pointer_type", type=f), language=language)

# Enumerations
for claim, values, size, wanted, told_values in [
    ("of small numbers", [1, 2], 4, "unsigned int", [1, 2]),
    ("of one byte", [1, 2], 1, "unsigned char", [1, 2]),
    ("of one byte with a negative one", [1, -2], 1, "char", [1, -2]),
    ("of two bytes", [1], 2, "unsigned short", [1]),
    ("of eight bytes with a negative one", [-1 << 63, 5], 8, "long", [-1 << 63, 5]),
    ("of eight bytes", [F("data8", 1 << 40)], 8, "unsigned long", [1 << 40]),
    ("of numbers that have no sign", [F("data1", 0xff), F("data4", 0xffffffff), F("udata", 300)], 4, "unsigned int",
     [255, 0xffffffff, 300]),
    ("of constants in abbreviations", [F("implicit_const", -3), F("implicit_const", 3)], 4, "int", [-3, 3]),
    ("of what is no number", [b"\x30", F("string", "x")], 4, "unsigned int", [0, 0]),
    ("of three bytes", [1], 3, None, [1]),
    ("of 16 bytes", [1], 16, None, [1]),
]:
    values = [Die("enumerator", name=f"E{i}", const_value=value) for i, value in enumerate(values)]
    case(f"an enumeration {claim}", f"""
        enum e {{ /* {size} bytes{wanted and ', ' + wanted or ''} */
        """ + "".join(f"  E{i} = {value},\n        " for i, value in enumerate(told_values)) + "};",
         Die("enumeration_type", *values, name="e", byte_size=size), version=5)
NO_VALUE = Die("enumerator", name="A")
for claim, type, wanted in [
    ("a base type", long, ", long"),
    ("a typedef", Die("typedef", name="t", type=short), ", short"),
    ("bytes", bytes4, ""),
    ("a structure", node, ""),
]:
    file = File()
    file.unit(long, short, type, node, *[m.attributes["type"] for m in node.children],
              Die("enumeration_type", NO_VALUE, Die("subrange_type", count=1), name="e", byte_size=4, type=type))
    told.expect(f"an enumeration of {claim}", [line for line in told.of(file) if line.startswith("enum")],
                f"enum e {{ /* 4 bytes{wanted} */")

# What is no type of C
of("what has a size is bytes", "static __uninterpreted_byte v[16]; /* 16 bytes, ?:0 */", Die("ptr_to_member_type", byte_size=16))
of("what has none is nothing", "static void *v; /* 8 bytes, ?:0 */", u := Die("unspecified_type", name="decltype(nullptr)"),
   Die("pointer_type", type=u))

told.end()
