"""Build the runtime for another processor: runtime.py <compiler> <root> <folder for objects>; all sources that LAYERS lists."""
import os
import shlex
import subprocess
import sys

compiler, root, folder = sys.argv[1:]
layers = [line.split("#")[0].partition(":") for line in open(f"{root}/runtime/LAYERS")]
listed = [f"{layer}/{name}.c" for layer, _, names in layers for name in names.split()]
there = [os.path.relpath(os.path.join(at, file), f"{root}/runtime") for at, _, files in os.walk(f"{root}/runtime")
         for file in files if file.endswith(".c")]
if sorted(listed) != sorted(there):
    sys.exit(f"LAYERS lists {sorted(listed)}, there is {sorted(there)}")
os.makedirs(folder, exist_ok=True)
flags = ("-std=gnu11 -O2 -fPIC -fvisibility=hidden -fno-builtin -fasynchronous-unwind-tables -ftls-model=initial-exec -DALLOCS_CHECK=2"
         " -Wall -Wextra -Wundef -Wstrict-prototypes -Wmissing-prototypes -Werror").split()
bad = 0
for file in listed:
    object_file = os.path.join(folder, os.path.basename(file) + ".o")
    command = shlex.split(compiler) + flags + [f"-I{root}/runtime", f"-I{root}/include", "-c", f"{root}/runtime/{file}", "-o", object_file]
    bad += subprocess.run(command).returncode != 0
sys.exit(bad != 0)
