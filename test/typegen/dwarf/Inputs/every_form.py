"""every_form.py TYPEGEN SCRATCH: a unit says the same in each version, format and form of attributes in which DWARF can say it."""
import sys

from dwarf import CFA, CODE, DATA, Die, F, File, Told, at, fbreg

told = Told(*sys.argv[1:])
WANTED = """
    enum e { /* 4 bytes, int */
      A = -3,
      B = 127,
    };
    struct s { /* 16 bytes */
      struct s *next; /* +0, 8 */
      int bits : 3; /* +8, bit 5 */
      enum e e; /* +12, 4 */
    };
    type int; /* 4 bytes */
    type int (struct s *, ...); /* 0 bytes */
    type int[2][3]; /* 24 bytes */
    type int[3]; /* 12 bytes */
    type struct s *; /* 8 bytes */
    static int f(struct s *, ...); /* function, ?:7 */
    static alias table; /* 24 bytes, ?:100, int[2][3] */
    static struct s v; /* 16 bytes, ?:300 */
    frame of f: /* ?:7 */
      struct s *p; /* rbp-24, line 8 */
    """


def unit(file, **more):
    int_ = Die("base_type", name="int", byte_size=4, encoding=5)
    e = Die("enumeration_type", Die("enumerator", name="A", const_value=F("sdata", -3)), Die("enumerator", name="B", const_value=127),
            name="e", byte_size=4)
    s = Die("structure_type", name="s", byte_size=16)
    pointer = Die("pointer_type", type=s, byte_size=8)
    if file.version >= 4:
        bits = Die("member", name="bits", type=int_, bit_size=3, data_bit_offset=69)
    else:
        bits = Die("member", name="bits", type=int_, bit_size=3, data_member_location=b"\x23\x08", byte_size=4, bit_offset=24)
    s.children = [Die("member", name="next", type=pointer, data_member_location=0 if file.version >= 3 else b"\x23\x00"), bits,
                  Die("member", name="e", type=e, data_member_location=12 if file.version >= 3 else b"\x23\x0c")]
    table = Die("array_type", Die("subrange_type", upper_bound=1), Die("subrange_type", upper_bound=2), type=int_)
    alias = Die("typedef", name="alias", type=table)
    high = CODE + 32 if file.version < 4 else 32
    f = Die("subprogram", Die("formal_parameter", name="p", type=pointer, location=fbreg(-40), decl_line=8), Die("unspecified_parameters"),
            name="f", type=int_, prototyped=True, external=True, low_pc=CODE, high_pc=F("addr", high) if file.version < 4 else high,
            frame_base=CFA, decl_line=7)

    def place(address):
        return more["place"](address) if "place" in more else at(address)

    bases = {"str_offsets_base": file.header_of_table(), "addr_base": file.header_of_table()} if file.version >= 5 else {}
    # What is referred to stands before and behind
    file.unit(Die("variable", name="v", type=s, location=place(DATA + 8), decl_line=300), int_, e, s, pointer, table, alias, f,
              Die("variable", name="table", type=alias, location=place(DATA + 64), decl_line=100), producer="GNU C17", language=0x0c, **bases)


def case(version, is_64, **forms):
    file = File(version, is_64, **forms)
    more = {}
    if forms.get("expression") == "addrx":
        file.forms["expression"] = "exprloc"
        more["place"] = lambda address: b"\xa1" + bytes([file.index(file.addresses, address)])
    unit(file, **more)
    told.expect(f"version {version}, {'64' if is_64 else '32'} bits, {forms}", told.of(file), WANTED)


for version in (2, 3, 4, 5):
    for is_64 in (False, True)[:1 if version < 3 else 2]:
        case(version, is_64)
        for kind, forms in {
            "text": ["strp", *["strx", "strx1", "strx2", "strx3", "strx4", "line_strp"] * (version >= 5)],
            # Of four and eight bytes these are references to other sections, before version 4, in some places
            "number": ["udata", "data2", *["data4", "data8"] * (version >= 4)],
            "flag": ["flag_present"] * (version >= 4),
            "reference": ["ref2", "ref8", "ref_udata", "ref_addr", "ref1"],
            "expression": ["exprloc", "addrx"][:1 + (version >= 5)] if version >= 4 else ["block1", "block"],
            "address": ["addrx", "addrx1", "addrx2", "addrx3", "addrx4"] * (version >= 5),
        }.items():
            for form in forms:
                case(version, is_64, **{kind: form})
# Constants that stand with the abbreviation, and forms that stand with the value
for name, value in (("implicit_const", lambda n: F("implicit_const", n)), ("indirect", lambda n: F("indirect", F("udata", n)))):
    file = File(5)
    int_ = Die("base_type", name="int", byte_size=value(4), encoding=value(5))
    file.unit(int_, Die("structure_type", Die("member", name="a", type=int_, data_member_location=value(4)), name="s", byte_size=value(8)),
              Die("variable", name="v", type=int_, location=at(DATA), decl_line=value(77)))
    told.expect(name, told.of(file), """
        struct s { /* 8 bytes */
          int a; /* +4, 4 */
        };
        type int; /* 4 bytes */
        static int v; /* 4 bytes, ?:77 */
        """)
# Types in units of their own, which a signature leads to
for version in (4, 5):
    for is_64 in (False, True):
        file = File(version, is_64)
        int_ = Die("base_type", name="int", byte_size=4, encoding=5)
        s = Die("structure_type", Die("member", name="i", type=int_, data_member_location=0), name="s", byte_size=4)
        file.unit(int_, s, signature=0x1122334455667788, of=s)
        declared = Die("structure_type", declaration=True, name="s", signature=F("ref_sig8", 0x1122334455667788))
        file.unit(declared, Die("variable", name="v", type=declared, location=at(DATA)),
                  Die("variable", name="w", type=F("ref_sig8", 0x1122334455667788), location=at(DATA + 8)))
        told.expect(f"a type unit of version {version}", told.of(file), """
            struct s { /* 4 bytes */
              int i; /* +0, 4 */
            };
            type int; /* 4 bytes */
            static struct s v; /* 4 bytes, ?:0 */
            static struct s w; /* 4 bytes, ?:0 */
            """)
told.end()
