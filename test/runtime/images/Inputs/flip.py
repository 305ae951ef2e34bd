"""flip.py PROGRAM COUNT: runs copies of a program whose tables are damaged here and there. Each must end as the undamaged one
does, and say at most one line on stderr. The slots of sites are left whole: compiled code allocates through them."""
import os
import random
import re
import struct
import subprocess
import sys

program, count = sys.argv[1], int(sys.argv[2])
data = open(program, "rb").read()
text = subprocess.run(["readelf", "-SW", program], capture_output=True, text=True, check=True).stdout
found = re.findall(r"\] (\.note\.allocs|allocs_\w+) +\S+ +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)", text)
sections = [(name, int(offset, 16), int(size, 16)) for name, offset, size in found if int(size, 16)]
assert len(sections) > 5, sections
SITE = 40

slots = set()
for name, offset, size in sections:
    at = offset
    while name == "allocs_sites" and at + SITE <= offset + size:
        if data[at:at + 4] == bytes(4):
            at += 4
        else:
            slots.update(range(at, at + 4))
            at += SITE

rng = random.Random(1)
failures = noticed = 0
for number in range(count):
    damaged = bytearray(data)
    name, offset, size = rng.choice(sections)
    for _ in range(rng.choice([1, 1, 1, 2, 8])):
        at, how = offset + rng.randrange(size), rng.randrange(3)
        word = at & ~3
        if at in slots:
            continue
        if how == 0:
            damaged[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            damaged[at] = rng.choice([0, 1, 127, 128, 255])
        else:
            before = struct.unpack_from("<I", damaged, word)[0]
            after = (before + rng.choice([-48, -24, -8, -1, 1, 8, 24, 1 << 31])) & 0xFFFFFFFF
            struct.pack_into("<I", damaged, word, rng.choice([after, rng.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF])]))
    copy = f"{program}.{number % 2}"
    with open(copy, "wb") as out:
        out.write(damaged)
    os.chmod(copy, 0o755)
    done = subprocess.run([copy], capture_output=True, timeout=60)
    noticed += bool(done.stderr)
    if done.returncode or done.stderr.count(b"\n") > 1:
        failures += 1
        print(f"{number}: {name}: status {done.returncode}: {done.stderr[:200]}")
print(f"{noticed} of {count} are noticed")
sys.exit(failures != 0 or noticed < count // 10)
