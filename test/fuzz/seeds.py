"""seeds.py CLANG ALLOCSCC: make the corpora in Inputs/ afresh, from small objects and libraries. Only files named here are
written, so that what a run has found, and was added by hand, stays. To be run again when the tables change."""
import os
import struct
import subprocess
import sys
import tempfile

CLANG, ALLOCSCC = sys.argv[1], os.path.abspath(sys.argv[2])
HERE = os.path.dirname(os.path.abspath(__file__))
CALLS = """
extern int other(int *, ...);
int leaf(int a) { return a + 1; }
int frame(int a) { int b[4] = {a}; return other(b) + leaf(a); }
int dynamic(int n) { int b[n]; return other(b, b) + 1; }
int aligned(int n) { _Alignas(64) int b[16]; return other(b, n) + other(b); }
int many(int a, int b, int c) { int d = other(&a), e = other(&b), f = other(&c); return d * e + f + other(&d, e, f); }
"""
RULES = """
.text
.globl rules
.hidden rules
rules:
.cfi_startproc
.cfi_personality 0x1b, rules
.cfi_lsda 0x1b, rules
.cfi_signal_frame
nop
.cfi_def_cfa %rsp, 16
.cfi_remember_state
nop
.cfi_escape 0x0f, 0x03, 0x77, 0x08, 0x06           # CFA: *(rsp + 8)
.cfi_escape 0x10, 0x06, 0x02, 0x77, 0x10           # rbp at rsp + 16
.cfi_escape 0x16, 0x03, 0x04, 0x12, 0x06, 0x31, 0x22 # rbx is *CFA + 1
.cfi_register %r12, %r13
.cfi_undefined %r14
.cfi_same_value %r15
nop
.cfi_restore_state
.cfi_restore %rbx
.cfi_offset %rip, -8
.cfi_escape 0x14, 0x06, 0x02                       # rbp is CFA - 16
.skip 300
.cfi_adjust_cfa_offset 8
.skip 70000
.cfi_def_cfa_register %rbp
.cfi_escape 0x2e, 0x10                             # GNU_args_size
.cfi_escape 0x2f, 0x03, 0x02                       # GNU_negative_offset_extended
.cfi_endproc
.globl arithmetic
arithmetic:
.cfi_startproc
.cfi_escape 0x0f, 28, 0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22, 0x09, 0xff, 0x0b, 1, 2, 0x0d, 1, 2, 3, 4, 0x16, 0x17, 0x13, 0x1c, 0x92, 7, 8
nop
.cfi_escape 0x0f, 12, 0x77, 0x00, 0x94, 0x04, 0x12, 0x1f, 0x20, 0x14, 0x15, 0x01, 0x27, 0x21
nop
.cfi_endproc
"""
KINDS = """
#include <stdlib.h>
enum colour { RED, GREEN = 7 };
struct node { struct node *next; int a, b : 3; union { double d; char text[4]; } u; enum colour c; int (*f)(int, ...); };
static struct node first;
_Thread_local int counter;
struct node *last = &first;
struct node *make(int n) {
  int local[3] = {n};
  struct node *made = malloc(sizeof *made);
  made->next = (void *)local;
  return last = made;
}
void *many(int n) {
  char *dynamic[n];
  dynamic[0] = "a text";
  last->next = (void *)dynamic;
  return counter++ ? calloc(n, sizeof(double)) : (void *)L"wide";
}
"""


def compiled(text, language, *options, compiler=CLANG):
    """The bytes of an object or library."""
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "out")
        subprocess.run([compiler, "-x", language, "-", "-fPIC", "-o", out, *options], input=text, text=True, check=True,
                       cwd=scratch)
        with open(out, "rb") as file:
            return file.read()


def linked(text, language, *options, compiler=CLANG):
    return compiled(text, language, "-shared", "-nostdlib", *options, compiler=compiler)


def unwind_tables(elf):
    """.eh_frame_hdr and .eh_frame, as they lie in memory."""
    (sections,), (size, count, names) = struct.unpack_from("<Q", elf, 40), struct.unpack_from("<HHH", elf, 58)
    headers = [struct.unpack_from("<IIQQQQ", elf, sections + i * size) for i in range(count)]
    at = {}
    for name, _, _, _, offset, length in headers:
        name = headers[names][4] + name
        at[elf[name:elf.index(b"\0", name)]] = (offset, offset + length)
    return elf[at[b".eh_frame_hdr"][0]:at[b".eh_frame"][1]]


def changed(tables, at, by):
    return tables[:at] + by + tables[at + len(by):]


def unwinder():
    plain = unwind_tables(linked(CALLS, "c", "-O0"))
    yield "frames", plain
    yield "no-frames", unwind_tables(linked(CALLS, "c", "-O2", "-fomit-frame-pointer"))
    yield "realigned", unwind_tables(linked(CALLS, "c", "-O2", "-mstackrealign", "-mavx"))
    yield "lazy-stubs", unwind_tables(linked(CALLS, "c", "-O1", "-fuse-ld=bfd", "-Wl,-z,lazy"))
    yield "no-stubs", unwind_tables(linked(CALLS, "c", "-O1", "-fuse-ld=lld"))
    rules = unwind_tables(linked(RULES, "assembler"))
    yield "rules", rules
    yield "rules-ask-last", rules + struct.pack("<q", -64)
    yield "by-scan", changed(plain, 3, b"\xff")
    yield "rules-by-scan", changed(rules, 2, b"\xff")
    yield "no-tables", changed(plain, 1, b"\xff")
    yield "count-too-large", changed(plain, 8, b"\xff\xff\xff\x7f")


def elf():
    """Libraries with tables, with as little between their parts as the linker can do with."""
    small = "-Wl,-z,max-page-size=16,-z,common-page-size=16,-z,norelro,-z,noseparate-code,--build-id=none"
    yield "stripped", linked(KINDS, "c", "-O1", "-fuse-ld=lld", small + ",-s", compiler=ALLOCSCC)
    yield "sysv-hash", linked(KINDS, "c", "-O0", "-fuse-ld=bfd", small + ",-s,--hash-style=sysv", compiler=ALLOCSCC)
    yield "relro", linked(KINDS, "c", "-O1", "-fuse-ld=lld", "-Wl,-s", compiler=ALLOCSCC)
    yield "no-tables", linked(CALLS, "c", "-O1", "-fuse-ld=lld", small)


def meta():
    """Meta files of the image that the fuzzer has, of one build ID."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, options in (("small-library", ["-O1"]), ("by-frame-pointer", ["-O0", "-fno-omit-frame-pointer"])):
            library, out = os.path.join(scratch, "library.so"), os.path.join(scratch, "meta")
            with open(library, "wb") as file:
                file.write(linked(KINDS, "c", "-g", "-w", "-Wl,--build-id=0x" + b"i".hex() * 20, *options))
            subprocess.run([os.path.join(os.path.dirname(ALLOCSCC), "typegen"), library, "-o", out], check=True)
            with open(out, "rb") as file:
                yield name, file.read()


def typegen():
    cut = "struct pair { int a; char b[2]; } pair;"
    yield "small-object", compiled(cut, "c", "-c", "-O1", compiler=ALLOCSCC)
    yield "object", compiled(KINDS, "c", "-c", "-O1", compiler=ALLOCSCC)
    yield "small-library", linked(cut, "c", "-O1", "-Wl,-s,--build-id=none", compiler=ALLOCSCC)


def dwarf():
    """Small programs: what is not needed of an executable is left out."""
    small = ["-Wl,--build-id=none,-z,norelro,-z,noseparate-code", "-nostdlib", "-shared", "-w"]
    tiny = "struct pair { struct pair *p; int b : 3; char c[2]; } pair; enum e { A } f(struct pair *p) { static long s; struct pair l = *p; return l.b + (s++ > 0); }"
    yield "gcc-5", compiled(tiny, "c", "-g", "-O0", *small, compiler="gcc")
    yield "gcc-2", compiled(tiny, "c", "-g", "-gdwarf-2", "-O2", *small, compiler="gcc")
    yield "gcc-types", compiled(tiny, "c", "-g", "-fdebug-types-section", "-O2", *small, compiler="gcc")
    yield "gcc-object", compiled(tiny, "c", "-g", "-c", "-O1", compiler="gcc")
    yield "clang-5", compiled(KINDS, "c", "-g", "-O2", *small)
    yield "clang-4", compiled(tiny, "c", "-g", "-gdwarf-4", "-O0", *small)


def core():
    """As the kernel writes them, of two pages."""
    def note(kind, contents):
        return struct.pack("<III8s", 5, len(contents), kind, b"CORE") + contents + bytes(-len(contents) % 4)

    auxv = struct.pack("<4Q", 3, 0x400040, 25, 0x7000_0000_0100)
    files = struct.pack("<5Q", 1, 4096, 0x400000, 0x401000, 0) + b"a file\0"
    notes = note(1, bytes(32) + struct.pack("<I", 7) + bytes(300)) + note(3, bytes(136)) + note(6, auxv) + note(0x46494C45, files)
    at = 64 + 3 * 56
    begin = (at + len(notes) + 7) // 8 * 8
    headers = struct.pack("<IIQQQQQQ", 4, 0, at, 0, 0, len(notes), 0, 4)
    headers += struct.pack("<IIQQQQQQ", 1, 5, begin, 0x400000, 0, 64, 4096, 4096)
    headers += struct.pack("<IIQQQQQQ", 1, 6, begin + 64, 0x700000000000, 0, 4096, 8192, 4096)
    elf = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, 64, 0, 0, 64, 56, 3, 0, 0, 0)
    whole = (elf + headers + notes).ljust(begin, b"\0") + b"\x7fELF".ljust(64, b"\0") + bytes(range(256)) * 16
    yield "two-pages", whole
    yield "cut", whole[:-100]


def snapshot():
    """Directories: head, a thread, two mappings with names, two ranges, one that is resident, two chunks, a text."""
    contents = 1 << 20
    head = struct.pack("<11Q", 7, 0x400040, 0x7000_0000_0100, 0, 0, 1, 2, 2, 1, 2, 4)
    mappings = struct.pack("<3Q4I", 0x400000, 0x402000, 0, 5, 1, 1, 3) + b"exe" + struct.pack("<3Q4I", 0x600000, 0x800000, 0, 6, 0, 1, 0)
    ranges = struct.pack("<4Q", 0x401000, 0x402000, 0x600000, 0x600000 + contents)
    rest = struct.pack("<2Q", 0x600000, 0x601000) + struct.pack("<4Q", 24, 51, 24 + 51, 19) + b"rows"
    yield "whole", head + bytes(8 * 28) + mappings + ranges + rest


def write(target, seeds):
    folder = os.path.join(HERE, "Inputs", target)
    os.makedirs(folder, exist_ok=True)
    for name, data in seeds:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


write("unwinder", unwinder())
write("elf", elf())
write("meta", meta())
write("typegen", typegen())
write("dwarf", dwarf())
write("core", core())
write("snapshot", snapshot())
