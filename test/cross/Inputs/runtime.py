"""Build the runtime for another processor: runtime.py <compiler> <root> <folder for objects>; all sources that CMake builds."""
import os
import re
import shlex
import subprocess
import sys

compiler, root, folder = sys.argv[1:]
listed = re.findall(r"^  (\w+/\w+\.c)$", open(f"{root}/runtime/CMakeLists.txt").read(), re.M)
there = [os.path.relpath(os.path.join(at, file), f"{root}/runtime") for at, _, files in os.walk(f"{root}/runtime")
         for file in files if file.endswith(".c")]
if sorted(listed) != sorted(there):
    sys.exit(f"CMake builds {sorted(listed)}, there is {sorted(there)}")
os.makedirs(folder, exist_ok=True)
flags = ("-std=gnu11 -O2 -fPIC -fvisibility=hidden -fno-builtin -fasynchronous-unwind-tables -ftls-model=initial-exec -DALLOCS_CHECK=2"
         " -Wall -Wextra -Wundef -Wstrict-prototypes -Wmissing-prototypes -Werror").split()
bad = 0
for file in listed:
    object_file = os.path.join(folder, os.path.basename(file) + ".o")
    command = shlex.split(compiler) + flags + [f"-I{root}/runtime", f"-I{root}/include", "-c", f"{root}/runtime/{file}", "-o", object_file]
    bad += subprocess.run(command).returncode != 0
sys.exit(bad != 0)
