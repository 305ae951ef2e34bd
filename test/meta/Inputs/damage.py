"""damage.py PROGRAM ALLOCS-RUN COUNT: runs a program whose meta file is damaged here and there, or cut short. It must end as with the
whole one, print as many lines, and say at most one line on stderr; what only the program itself tells is as it was."""
import os
import random
import struct
import subprocess
import sys

program, run, count = sys.argv[1], sys.argv[2].split(), int(sys.argv[3])
meta = program + ".allocs"
data = open(meta, "rb").read()


def outcome():
    done = subprocess.run([*run, program], capture_output=True)
    return done.returncode, done.stdout.count(b"\n"), done.stderr, done.stdout


def put(contents):
    with open(meta + ".new", "wb") as out:
        out.write(contents)
    os.rename(meta + ".new", meta)


whole = outcome()
assert whole[0] == 0 and b"struct node" in whole[3] and not whole[2], whole
rng = random.Random(1)
failures = said = without = 0
for number in range(count):
    damaged = bytearray(data)
    headers = number % 4 == 0  # a small part of the file, and one that decides
    for _ in range(rng.choice([1, 1, 1, 2, 8])):
        at, how = rng.randrange(250 if headers else len(data) - 4), rng.randrange(3)
        if how == 0:
            damaged[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            damaged[at] = rng.choice([0, 1, 127, 128, 255])
        else:
            word = at & ~3
            before = struct.unpack_from("<I", damaged, word)[0]
            after = (before + rng.choice([-48, -24, -8, -1, 1, 8, 24, 1 << 31])) & 0xFFFFFFFF
            struct.pack_into("<I", damaged, word, rng.choice([after, rng.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF])]))
    if number % 10 == 9:
        damaged = damaged[:rng.randrange(len(damaged))]
    put(damaged)
    status, lines, errors, out = outcome()
    said += b"ignored" in errors
    without += b"struct node" not in out
    if status != 0 or lines != whole[1] or errors.count(b"\n") > 1:
        failures += 1
        print(f"{number}: status {status}, {lines} lines: {errors[:300]}")
put(data)
assert outcome()[:3] == whole[:3]
print(f"{said} said, {without} without, of {count}")
sys.exit(failures or said < count // 20 or without == count)
