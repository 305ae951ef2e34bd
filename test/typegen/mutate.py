"""mutate.py TYPEGEN FILE SCRATCH COUNT [SEED]: damage FILE in COUNT ways. typegen must end with status 0 and no complaint,
or 1 with nothing printed and one line that names the file (--check: a line per wrong key)."""
import json
import random
import re
import subprocess
import sys

typegen, original, scratch, count = *sys.argv[1:4], int(sys.argv[4])
random.seed(int(sys.argv[5]) if len(sys.argv) > 5 else 1)
sound = open(original, "rb").read()
interesting = [0, 1, 2, 4, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, len(sound),
               len(sound) - 1, 2**63 - 1, 2**63, 2**64 - 8, 2**64 - 1]


def mutate():
    data = bytearray(sound)
    for _ in range(random.choice([1, 1, 1, 2, 4, 16])):
        at = random.randrange(len(data))
        width = random.choice([1, 1, 2, 4, 8])
        how = random.randrange(5)
        if how == 0:
            data[at] ^= 1 << random.randrange(8)
        elif how == 1:
            value = random.choice(interesting) & (1 << 8 * width) - 1
            at = at // width * width
            data[at:at + width] = value.to_bytes(width, "little")[:len(data) - at]
        elif how == 2:
            value = int.from_bytes(data[at:at + 4], "little") + random.choice([-8, -4, -1, 1, 4, 8, 24, 48])
            data[at:at + 4] = (value & 0xFFFFFFFF).to_bytes(4, "little")[:len(data) - at]
        elif how == 3:
            source = random.randrange(len(data))
            data[at:at + 16] = data[source:source + 16][:len(data) - at].ljust(len(data[at:at + 16]), b"\0")
        elif random.randrange(8) == 0:
            del data[at:]
            if not data:
                return bytes(data)
    return bytes(data)


seen = {}
for number in range(count):
    with open(scratch, "wb") as out:
        out.write(mutate())
    arguments = random.choice([["--dump"], ["--dump", "--json"], ["--check"]])
    run = subprocess.run([typegen, *arguments, scratch], capture_output=True, timeout=60)
    complaint = run.stderr.decode(errors="replace")
    lines = complaint.splitlines()
    fits = all(re.match(re.escape(scratch) + r": (.+\+0x[0-9a-f]+: .|no allocs tables$|not an ELF file$)", line)
               for line in lines)
    if run.returncode == 0:
        good = not lines
    else:
        good = run.returncode == 1 and fits and (len(lines) == 1 or "--check" in arguments and lines)
        good = good and run.stdout in (b"", b"[]\n")
    if good and run.returncode == 0 and "--json" in arguments:
        json.loads(run.stdout)
    if not good:
        print(f"mutation {number} of {original}, {arguments}: status {run.returncode}\n{complaint[:4000]}")
        sys.exit(1)
    for line in lines[:1] or ["sound"]:
        what = re.sub(r"0x[0-9a-f]+|[0-9a-f]{16}|\d+", "N", line.replace(scratch, ""))
        seen[what] = seen.get(what, 0) + 1
print(f"{count} mutations, {len(seen)} outcomes")
if len(seen) < 10:
    sys.exit("that is too few")
for what, times in sorted(seen.items(), key=lambda pair: -pair[1]):
    print(f"{times:6} {what}")
