"""Compile each listed header alone; print those that do not."""
import shlex
import subprocess
import sys

compiler, root, names = sys.argv[1:]
bad = 0
headers = open(names).read().split()
for header in headers:
    source = f'#include "{header}"\ntypedef int not_empty;\n'
    command = shlex.split(compiler) + ["-Wall", "-Wextra", "-Wundef", "-Wno-unused-function", "-Werror", "-I.",
                                       "-Iinclude", "-Iruntime", "-Itypegen", "-Irun", "-fsyntax-only", "-"]
    bad += subprocess.run(command, cwd=root, input=source, text=True).returncode != 0
sys.exit(bad != 0 or len(headers) < 4)
