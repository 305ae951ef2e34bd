"""fields.py TYPEGEN CLANG TABLES SCRATCH: of TABLES, with one field at a time made wrong, typegen says where and what."""
import subprocess
import sys

typegen, clang, tables, scratch = sys.argv[1:]
sound = open(tables).read()
cases = [
    # what stands there, what comes in its place, what typegen says
    ("head \\name, 2, \\flags", "head \\name, 3, \\flags", "allocs_types+0x1: no such kind of type"),
    ("base int, 5, 4, 32", "base int, 5, 4, 32, 8", "allocs_types+0x2: flags that this kind of type does not have"),
    ("base int, 5, 4, 32", "base int, 9, 4, 32", "allocs_types+0x3: no such encoding"),
    ("base int, 5, 4, 32", "base int, 5, 4, 32, 0, 8", "allocs_types+0x4: no such bit of a byte"),
    ("pointer node_pointer, node", "head node_pointer, 8, 0\n.long 0\nend node_pointer",
     "allocs_types+0x2a: the type has no target"),
    ("array int10, int, 10", "head int10, 1, 0\n.long 0\n.byte 11\nend int10",
     "allocs_types+0x38: an element, member or parameter without type"),
    (".uleb128 4\n\tmember 0, int", ".uleb128 5\n\tmember 0, int", "allocs_types+0x75: the entries do not fit the record"),
    (".uleb128 0\n\tend opaque", ".byte 0, 7\nend opaque", "allocs_types+0x136: there is more in the record than its kind has"),
    (".long .Lslot\\@ - .", ".long .Lslot\\@ + 4 - .", "allocs_sites+0x0: the slot is not aligned"),
    ("ref main\n\t\\type", ".long 0\n\\type", "allocs_sites+0x4: the reference leads nowhere"),
    ('site "ref type_node"', 'site ".long 0"', "allocs_sites+0x8: a shape without type"),
    ("malloc, 42, 13, 1, 1", "malloc, 42, 13, 9, 1", "allocs_sites+0x22: no such shape"),
    ("malloc, 42, 13, 1, 1", "malloc, 42, 13, 1, 9", "allocs_sites+0x23: no such rule"),
    (".byte 1, 3\n", ".byte 0x21, 3\n", "allocs_statics+0x6: no such kind of static"),
    ("ref table\n", ".long 0x7000000\n", "allocs_statics+0x8: the reference leads out of the image"),
    (".uleb128 40\n", ".uleb128 0x7000000\n", "allocs_statics+0x8: the reference leads out of the image"),
    (".byte 1, 1\n", ".byte 1, 2\n", "allocs_literals+0xb: no such kind of literal"),
    ("ref type_char\n\tref hello", "ref type_node\n\tref hello", "allocs_literals+0x2: the literal's elements have no size"),
    ("ref counter_offset\n\tref type_uint\n\ttext counter\n", ".long 0x7000000\nref type_uint\ntext counter\n",
     "allocs_tls+0x0: the reference leads out of the image"),
    (".byte 4\n\tref main_record", ".byte 8\n\tref main_record", "allocs_frames+0x7: no such kind of frame"),
    ("ref counter_offset\n\ttext own", ".long 0\ntext own", "allocs_frames+0x32: the reference leads nowhere"),
    (".uleb128 302 << 3 | 1", ".byte 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2",
     "allocs_frames+0x3e: the number has more than 64 bits"),
]
bad = 0
for old, new, wanted in cases:
    assert sound.count(old) == 1, (old, sound.count(old))
    with open(scratch + ".s", "w") as out:
        out.write(sound.replace(old, new))
    subprocess.run([clang, "-c", scratch + ".s", "-o", scratch], check=True)
    said = subprocess.run([typegen, "--dump", scratch], capture_output=True, text=True)
    if (said.returncode, said.stdout, said.stderr) != (1, "", f"{scratch}: {wanted}\n"):
        bad += 1
        print(f"{new!r}: status {said.returncode}, {said.stderr.strip()}, should be {wanted}")
sys.exit(bad != 0)
