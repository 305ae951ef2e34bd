"""damage.py ALLOCS CORE TRIES: damages a core in many ways; each time ALLOCS must say something or answer, and end."""
import random
import struct
import subprocess
import sys

allocs, core, tries = sys.argv[1], sys.argv[2], int(sys.argv[3])
whole = open(core, "rb").read()
words = [i for i in range(0, len(whole) - 8, 8) if any(whole[i : i + 8])]
answered = refused = 0
for attempt in range(tries):
    chance = random.Random(attempt)
    damaged = bytearray(whole)
    # Every second time headers are left as they are, so that what they lead to is read
    begin = 0 if attempt % 2 else len(words) // 50
    for _ in range(chance.choice([1, 10, 100, 2000])):
        at, other = chance.choice(words[begin:]), chance.choice(words)
        (word,) = struct.unpack("<Q", whole[at : at + 8])
        new = chance.choice([struct.unpack("<Q", whole[other : other + 8])[0], chance.getrandbits(64), word ^ 1 << chance.randrange(64), word + 4096])
        damaged[at : at + 8] = struct.pack("<Q", new % 2**64)
    with open(core + ".damaged", "wb") as file:
        file.write(damaged)
    for command in (["census"], ["leaks"], ["find", "struct node"], ["threads", "-v"], ["describe", "head", "-v"], ["census", "--rss"]):
        done = subprocess.run([allocs, command[0], core + ".damaged", *command[1:]], capture_output=True, timeout=100)
        if done.returncode not in (0, 1) or (done.returncode == 1) != bool(done.stderr):
            sys.exit(f"attempt {attempt}: {command[0]} ended with {done.returncode}: {done.stderr}")
        answered += not done.returncode
        refused += done.returncode
if not answered or not refused:
    sys.exit(f"{answered} answered, {refused} refused: nothing was tried")
