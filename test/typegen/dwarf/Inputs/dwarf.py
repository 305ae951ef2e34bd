"""Executables with DWARF of any version and form, byte by byte: no compiler writes what they might contain, and each says it in
one way. A program is `File(version, is_64, forms)`, to which units are added; a unit is a tree of `Die`s. `Told` says what typegen
makes of it."""
import re
import struct
import subprocess
import sys

AT = {name: int(number, 16) for name, number in (word.split(":") for word in """
sibling:01 location:02 name:03 byte_size:0b stmt_list:10 low_pc:11 high_pc:12 language:13 comp_dir:1b const_value:1c
lower_bound:22 producer:25 prototyped:27 upper_bound:2f bit_offset:0c bit_size:0d inline:20 abstract_origin:31 artificial:34
count:37 data_member_location:38 decl_file:3a decl_line:3b declaration:3c encoding:3e external:3f frame_base:40
specification:47 type:49 virtuality:4c entry_pc:52 ranges:55 data_bit_offset:6b signature:69 str_offsets_base:72 addr_base:73
rnglists_base:74 loclists_base:8c GNU_vector:2107""".split())}
TAG = {name: int(number, 16) for name, number in (word.split(":") for word in """
array_type:01 class_type:02 enumeration_type:04 formal_parameter:05 lexical_block:0b member:0d pointer_type:0f
reference_type:10 compile_unit:11 structure_type:13 subroutine_type:15 typedef:16 union_type:17 unspecified_parameters:18
inheritance:1c inlined_subroutine:1d module:1e subrange_type:21 base_type:24 const_type:26 enumerator:28 packed_type:2d
subprogram:2e variable:34 volatile_type:35 restrict_type:37 namespace:39 unspecified_type:3b imported_unit:3d shared_type:40
type_unit:41 rvalue_reference_type:42 atomic_type:47 immutable_type:4b ptr_to_member_type:1f""".split())}
FORM = {name: int(number, 16) for name, number in (word.split(":") for word in """
addr:01 block2:03 block4:04 data2:05 data4:06 data8:07 string:08 block:09 block1:0a data1:0b flag:0c sdata:0d strp:0e udata:0f
ref_addr:10 ref1:11 ref2:12 ref4:13 ref8:14 ref_udata:15 indirect:16 sec_offset:17 exprloc:18 flag_present:19 strx:1a addrx:1b
ref_sig8:20 line_strp:1f implicit_const:21 loclistx:22 rnglistx:23 strx1:25 strx2:26 strx3:27 strx4:28 addrx1:29 addrx2:2a
addrx3:2b addrx4:2c data16:1e""".split())}
CODE, DATA = 0x401000, 0x402000  # where the program has its code and data; each a page, beside each other


def uleb(value, least=0):
    """At least so many bytes long."""
    out = bytearray()
    while value > 0x7f or len(out) + 1 < least:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def sleb(value):
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out) + bytes([value & 0x7f])


def number(value, size):
    return (value & (1 << 8 * size) - 1).to_bytes(size, "little")


class F:
    """A value of an attribute in a form of its own."""

    def __init__(self, form, value=None):
        self.form, self.value = form, value


class Die:
    """tag, attributes by name, children. Of values that say no form: a text, a number, a flag (True), an expression (bytes), a
    DIE that is referred to, are in the file's form of such."""

    def __init__(self, tag, *children, **attributes):
        self.tag, self.children, self.attributes, self.at = tag, list(children), attributes, 0


# Expressions


def at(address):
    return b"\x03" + number(address, 8)


def fbreg(offset):
    return b"\x91" + sleb(offset)


def breg(register, offset):
    return bytes([0x70 + register]) + sleb(offset)


CFA = b"\x9c"
FP, SP = b"\x56", b"\x57"


class File:
    # What a file may say in one form or another
    FORMS = {"text": "string", "number": "data", "flag": "flag", "reference": "ref4", "expression": "exprloc", "address": "addr",
             "section": "sec_offset"}

    def __init__(self, version=4, is_64=False, **forms):
        self.version, self.is_64, self.forms = version, is_64, {**self.FORMS, **forms}
        if version < 4:
            self.forms = {**self.forms, "expression": forms.get("expression", "block1"),
                          "section": "data8" if is_64 else "data4"}
        self.units, self.symbols, self.sections, self.code = [], [], {}, b""
        self.strings, self.line_strings, self.abbreviations = bytearray(b"\0"), bytearray(b"\0"), {}
        self.indexed_strings, self.addresses = [], []

    def unit(self, *dies, signature=None, of=None, **attributes):
        """Returns the unit's DIE. signature, of: that of a type unit, and the DIE that it defines."""
        attributes.setdefault("name", "unit.c")
        die = Die("type_unit" if signature else "compile_unit", *dies, **attributes)
        self.units.append((die, signature, of))
        return die

    def symbol(self, name, address, size, kind=1, section=2):
        self.symbols.append((name, address, size, kind, section))

    # Forms

    def offset(self, value):
        return number(value, 8 if self.is_64 else 4)

    def form_of(self, name, value):
        if isinstance(value, F):
            return value.form
        if name in ("low_pc", "entry_pc"):
            return self.forms["address"]
        if name in ("str_offsets_base", "addr_base", "rnglists_base", "loclists_base", "stmt_list"):
            return self.forms["section"]
        if value is True:
            return self.forms["flag"]
        if isinstance(value, str):
            return self.forms["text"]
        if isinstance(value, bytes):
            return self.forms["expression"]
        if isinstance(value, Die):
            return self.forms["reference"]
        if self.forms["number"] != "data":
            return "sdata" if value < 0 and self.forms["number"] == "udata" else self.forms["number"]
        return "sdata" if value < 0 else "data" + str(next(n for n in (1, 2, 4, 8) if value < 1 << 8 * n))

    def text_at(self, strings, text):
        at = strings.find(b"\0" + text.encode() + b"\0") + 1
        if not at:
            at = len(strings)
            strings += text.encode() + b"\0"
        return at

    def index(self, vector, value):
        if value not in vector:
            vector.append(value)
        return vector.index(value)

    def bytes_of(self, form, value, unit_at):
        """Of an attribute's value. A DIE's place is known from the second time on."""
        if form == "string":
            return value.encode() + b"\0"
        if form in ("strp", "line_strp"):
            return self.offset(self.text_at(self.strings if form == "strp" else self.line_strings, value))
        if form.startswith("strx"):
            value, form = self.index(self.indexed_strings, value), form.replace("strx", "data").replace("data3", "3")
            return uleb(value) if form == "data" else number(value, int(form[-1]))
        if form.startswith("addrx"):
            value = self.index(self.addresses, value)
            return uleb(value) if form == "addrx" else number(value, int(form[-1]))
        if form == "addr":
            return number(value, 8)
        if form in ("sec_offset", "ref_addr"):
            value = value.at if isinstance(value, Die) else value
            return number(value, 8) if form == "ref_addr" and self.version < 3 else self.offset(value)
        if form.startswith("ref") and isinstance(value, Die):
            value = value.at - unit_at
        if form == "ref_udata":
            return uleb(value, 4)
        if form in ("ref1", "ref2", "ref4", "ref8"):
            return number(value, int(form[3:]))
        if form == "ref_sig8":
            return number(value, 8)
        if form in ("data1", "data2", "data4", "data8", "data16"):
            return value if isinstance(value, bytes) else number(value, int(form[4:]))
        if form in ("udata", "rnglistx", "loclistx"):
            return uleb(value)
        if form == "sdata":
            return sleb(value)
        if form in ("exprloc", "block"):
            return uleb(len(value)) + value
        if form in ("block1", "block2", "block4"):
            return number(len(value), int(form[5:])) + value
        if form == "indirect":
            return uleb(FORM[value.form]) + self.bytes_of(value.form, value.value, unit_at)
        return {"flag": b"\x01", "flag_present": b"", "implicit_const": b""}[form]

    # Units

    def write_die(self, die, unit_at, out):
        die.at = unit_at + len(out)
        pairs = [(AT[name], self.form_of(name, value), value.value if isinstance(value, F) else value)
                 for name, value in die.attributes.items()]
        constants = [value if form == "implicit_const" else None for _, form, value in pairs]
        shape = (TAG[die.tag], bool(die.children), tuple((a, form, c) for (a, form, _), c in zip(pairs, constants)))
        out += uleb(self.abbreviations.setdefault(shape, len(self.abbreviations) + 1))
        for (_, form, value) in pairs:
            out += self.bytes_of(form, value, unit_at)
        for child in die.children:
            self.write_die(child, unit_at, out)
        if die.children:
            out += b"\0"

    def write_units(self, wanted):
        """Those of one section: of type units before version 5 another."""
        section = bytearray()
        for die, signature, of in self.units:
            if (signature is not None and self.version < 5) != (wanted == ".debug_types"):
                continue
            begin, size = len(section), 12 if self.is_64 else 4
            head = number(self.version, 2)
            if self.version >= 5:
                head += bytes([2 if signature else 1, 8]) + self.offset(0)
            else:
                head += self.offset(0) + b"\x08"
            if signature:
                head += number(signature, 8) + self.offset(of.at - begin if of.at else 0)
            unit = bytearray(size) + head
            self.write_die(die, begin, unit)
            section += (b"\xff\xff\xff\xff" if self.is_64 else b"") + self.offset(len(unit) - size) + unit[size:]
        return bytes(section)

    def abbreviations_bytes(self):
        out = bytearray()
        for (tag, has_children, pairs), code in self.abbreviations.items():
            out += uleb(code) + uleb(tag) + bytes([has_children])
            for name, form, constant in pairs:
                out += uleb(name) + uleb(FORM[form]) + (sleb(constant) if form == "implicit_const" else b"")
            out += b"\0\0"
        return bytes(out + b"\0")

    def table(self, version, contents, more=b""):
        """A section of one table with a length before it."""
        body = number(version, 2) + more + contents
        return (b"\xff\xff\xff\xff" if self.is_64 else b"") + self.offset(len(body)) + body

    def header_of_table(self):
        """How much stands before what a base leads to, in .debug_str_offsets and .debug_addr."""
        return 16 if self.is_64 else 8

    def all_sections(self):
        for _ in range(2):
            debug_info, debug_types = self.write_units(".debug_info"), self.write_units(".debug_types")
        out = {".debug_info": debug_info, ".debug_abbrev": self.abbreviations_bytes(), ".debug_str": bytes(self.strings)}
        if debug_types:
            out[".debug_types"] = debug_types
        if self.version >= 5:
            out[".debug_line_str"] = bytes(self.line_strings)
            offsets = b"".join(self.offset(self.text_at(self.strings, text)) for text in self.indexed_strings)
            out[".debug_str"] = bytes(self.strings)
            out[".debug_str_offsets"] = self.table(5, offsets, b"\0\0")
            out[".debug_addr"] = self.table(5, b"".join(number(a, 8) for a in self.addresses), b"\x08\x00")
        return {**out, **self.sections}

    def lines(self, folder, files, rows, end):
        """Of .debug_line. rows: address, which of the files, line; up to `end`."""
        head = b"\x01" + (b"\x01" if self.version >= 4 else b"") + bytes([1, 251, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1])
        names = [name.encode() + b"\0" for name in files]
        if self.version < 5:
            head += b"\0" + b"".join(name + b"\0\0\0" for name in names) + b"\0"
        else:
            head += b"\x01\x01\x08\x01" + folder.encode() + b"\0" + b"\x02\x01\x08\x02\x0b" + uleb(len(names))
            head += b"".join(name + b"\0" for name in names)
        program, line = b"", 1
        for address, number_of_file, to in rows:
            wanted = number_of_file + (self.version < 5)
            program += b"\x00\x09\x02" + number(address, 8) + b"\x04" + uleb(wanted) + b"\x03" + sleb(to - line) + b"\x01"
            line = to
        program += b"\x00\x09\x02" + number(end, 8) + b"\x00\x01\x01"
        more = (b"\x08\0" if self.version >= 5 else b"") + self.offset(len(head)) + head
        self.sections[".debug_line"] = self.table(self.version, program, more)

    def ranges(self, *pairs):
        """Of .debug_ranges, one list. Returns where it is. Before version 5."""
        at = len(self.sections.setdefault(".debug_ranges", b""))
        self.sections[".debug_ranges"] += b"".join(number(a, 8) for pair in pairs for a in pair) + bytes(16)
        return F("sec_offset" if self.version == 4 else "data4", at)

    def unwind(self, begin, size, instructions):
        """An entry of .eh_frame, of one function: its CFA is at first the stack pointer and 8."""
        entries = self.sections.get(".eh_frame", b"")
        if not entries:
            cie = number(0, 4) + b"\x01zR\0\x01\x78\x10\x01\x00" + b"\x0c\x07\x08\x90\x01"
            entries = number(len(cie) + -len(cie) % 4, 4) + cie + bytes(-len(cie) % 4)
        fde = number(len(entries) + 4, 4) + number(begin, 8) + number(size, 8) + b"\0" + instructions
        self.sections[".eh_frame"] = entries + number(len(fde) + -len(fde) % 4, 4) + fde + bytes(-len(fde) % 4)

    # The file

    def bytes(self):
        """An executable of which two pages are loaded, of code and of data."""
        names, symbols = bytearray(b"\0"), bytearray(24)
        for name, address, size, kind, section in self.symbols:
            symbols += struct.pack("<IBBHQQ", self.text_at(names, name), 1 << 4 | kind, 0, section, address, size)
        placed = [(".text", 1, 6, CODE, self.code.ljust(4096, b"\x90")), (".data", 1, 3, DATA, bytes(4096))]
        placed += [(name, 1, 2 if name == ".eh_frame" else 0, 0, data) for name, data in self.all_sections().items()]
        if self.symbols:
            placed += [(".symtab", 2, 0, 0, bytes(symbols)), (".strtab", 3, 0, 0, bytes(names))]
        titles, headers, body, begin = bytearray(b"\0"), bytearray(64), bytearray(), 4096
        numbers = {name: i + 1 for i, (name, *_) in enumerate(placed)}
        for name, kind, flags, address, data in placed:
            link, info, entry = (numbers[".strtab"], 1, 24) if name == ".symtab" else (0, 0, 0)
            headers += struct.pack("<IIQQQQIIQQ", self.text_at(titles, name), kind, flags, address, begin + len(body), len(data),
                                   link, info, 16 if address else 1, entry)
            body += data
            body += bytes(-len(body) % 8)
        at_titles = begin + len(body)
        headers += struct.pack("<IIQQQQIIQQ", self.text_at(titles, ".shstrtab"), 3, 0, 0, at_titles, len(titles), 0, 0, 1, 0)
        at_headers = at_titles + len(titles)
        program = struct.pack("<IIQQQQQQ", 1, 5, 4096, CODE, CODE, 4096, 4096, 4096)
        program += struct.pack("<IIQQQQQQ", 1, 6, 8192, DATA, DATA, 4096, 4096, 4096)
        program += struct.pack("<IIQQQQQQ", 7, 4, 8192, DATA, DATA, 0, 64, 8)
        head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
        head += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, CODE, 64, at_headers, 0, 64, 56, 3, 64, len(placed) + 2, len(placed) + 1)
        return (head + program).ljust(4096, b"\0") + bytes(body) + bytes(titles) + bytes(headers)


# What is told of it

USUAL = {"type void; /* 0 bytes */", "type __uninterpreted_byte; /* 1 bytes */"}  # of each unit


class Told:
    """Asks typegen about files, and compares."""

    def __init__(self, typegen, scratch):
        self.typegen, self.scratch, self.bad, self.n = typegen, scratch, 0, 0

    def run(self, *arguments):
        return subprocess.run([self.typegen, *arguments], capture_output=True, text=True, errors="replace")

    def of(self, file, *options):
        """The lines of the meta file's text, without keys; or the error message."""
        with open(self.scratch, "wb") as out:
            out.write(file.bytes())
        for arguments in ([*options, self.scratch, "-o", self.scratch + ".meta"], ["--check", self.scratch + ".meta"]):
            ran = self.run(*arguments)
            if ran.returncode:
                return [ran.stderr.strip().removeprefix(self.scratch + ": ") if ran.returncode == 1 else f"status {ran.returncode}"]
        lines = re.sub(r"(, | )[0-9a-f]{16} \*/", " */", self.run("--dump", self.scratch + ".meta").stdout).splitlines()
        return [line for line in lines if line not in USUAL]

    def expect(self, claim, got, wanted):
        """wanted: a text of lines."""
        wanted = [line for line in wanted.split("\n") if line.strip()]
        indent = len(wanted[0]) - len(wanted[0].lstrip()) if wanted else 0
        wanted = [line[indent:] for line in wanted]
        self.n += 1
        if got != wanted:
            self.bad += 1
            print(f"{claim}:", *(f"  {line}" for line in got), " should be:", *(f"  {line}" for line in wanted), sep="\n")

    def end(self):
        print(f"{self.n} cases, {self.bad} bad")
        sys.exit(bool(self.bad) or not self.n)
