"""damage.py TYPEGEN FILE OUT N: N damaged copies of a file with DWARF, cut or with other bytes: each gives a meta file that is sound, or one line and
none."""
import os
import random
import re
import subprocess
import sys

typegen, file, out, n = sys.argv[1:]
whole = open(file, "rb").read()
random.seed(int(n))
made = refused = 0
for i in range(int(n)):
    damaged = bytearray(whole[:random.randrange(len(whole))] if i % 8 == 0 else whole)
    for _ in range(random.choice([1, 2, 4, 16])):
        if damaged:
            damaged[random.randrange(len(damaged))] = random.choice([0, 0xFF, 0x7F, 0x80, random.randrange(256)])
    open(out, "wb").write(damaged)
    if os.path.exists(out + ".meta"):
        os.remove(out + ".meta")
    done = subprocess.run([typegen, out, "-o", out + ".meta"], capture_output=True, text=True, timeout=60)
    if done.returncode == 0 and not done.stderr:
        made += 1
        check = subprocess.run([typegen, "--check", out + ".meta"], capture_output=True, text=True)
        if check.returncode:
            sys.exit(f"{i}: the meta file is damaged: {check.stderr}")
    elif done.returncode == 1 and re.fullmatch(re.escape(out) + ": .+\\n", done.stderr) and not os.path.exists(out + ".meta"):
        refused += 1
    else:
        sys.exit(f"{i}: {done}")
left = [name for name in os.listdir(os.path.dirname(out)) if name.startswith(os.path.basename(out) + ".meta.")]
if not made or not refused or left:
    sys.exit(f"{made} made, {refused} refused, left: {left}")
