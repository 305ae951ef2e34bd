"""underneath.py [PROGRAM...]: runs each over each allocator that is there; without programs, fails if none is there."""
import os
import subprocess
import sys


def is_there(name):
    try:
        return subprocess.run(["true"], env={**os.environ, "LD_PRELOAD": name}, capture_output=True).stderr == b""
    except OSError:
        return False


NAMES = ("libjemalloc.so.2", "libmimalloc.so.2", "libmimalloc.so.3", "libtcmalloc_minimal.so.4")
allocators = [name for name in NAMES if is_there(name)]
failed = not allocators
for name in allocators:
    for program in sys.argv[1:]:
        done = subprocess.run([program, "one", "two"], env={**os.environ, "LD_PRELOAD": name}, capture_output=True)
        print(f"{name}, {os.path.basename(program)}: status {done.returncode}\n{done.stdout[:500]}{done.stderr[:500]}")
        failed |= done.returncode != 0
sys.exit(failed)
