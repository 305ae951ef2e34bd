"""damage.py FROM TO SECTION OFFSET SIZE VALUE: copies an ELF file, with a field of the section's first record, or of
its first bytes if it is not a table, replaced, or added to if the value has a sign. Padding before the first record is
passed over."""
import struct, sys

source, to, wanted = sys.argv[1:4]
at, size, value = (int(x, 0) for x in sys.argv[4:7])
data = bytearray(open(source, "rb").read())
shoff, = struct.unpack_from("<Q", data, 0x28)
n, strndx = struct.unpack_from("<HH", data, 0x3C)
sections = [struct.unpack_from("<IIQQQQ", data, shoff + 64 * i) for i in range(n)]
strings = sections[strndx][4]
for name, _, _, _, offset, length in sections:
    end = data.index(b"\0", strings + name)
    if data[strings + name:end].decode() == wanted:
        while not data[offset] and not wanted.startswith(".note"):
            offset += 1
        field = slice(offset + at, offset + at + size)
        if sys.argv[6][0] in "+-":
            value += int.from_bytes(data[field], "little")
        data[field] = (value % (1 << 8 * size)).to_bytes(size, "little")
        open(to, "wb").write(data)
        sys.exit()
sys.exit(f"{source}: no section {wanted}")
