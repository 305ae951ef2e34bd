"""Builds and runs programs of random size expressions at -O0 and -O2: sizes.py CC GENERATOR OUT. ALLOCS_SIZES more of them."""
import os
import subprocess
import sys

cc, generator, out = sys.argv[1:]
count = 3 + int(os.environ.get("ALLOCS_SIZES", "0"))
failed = 0
for seed in range(1, count + 1):
    with open(f"{out}.c", "w") as source:
        subprocess.run([sys.executable, generator, str(seed), "800"], stdout=source, check=True)
    for level in "-O0", "-O2":
        subprocess.run([cc, "-w", level, f"{out}.c", "-o", out], check=True)
        done = subprocess.run([out], capture_output=True, text=True)
        if done.returncode:
            failed += 1
            print(f"seed {seed} {level}:\n{done.stdout}{done.stderr}")
print(f"{count} programs, {failed} runs fail")
sys.exit(failed != 0)
