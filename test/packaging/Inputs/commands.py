"""commands.py all|wrong: writes three units into `a folder`, and prints a compile_commands.json of them, and of C++, which is passed over; or with
one that is not there."""
import json
import os
import sys

folder = os.path.abspath("a folder")
odd = "it's \"3\".c"
for name in ("one.c", "two.c", odd):
    with open(f"{folder}/{name}", "w") as file:
        call = "calloc(1, sizeof *p)" if name == "two.c" else "malloc(sizeof *p)"
        file.write(f"#include <stdlib.h>\nstruct s {{ WORDS; }};\nvoid *NAME(void) {{ struct s *p = {call}; return p; }}\n")
units = [
    {"directory": folder, "file": "one.c",
     "command": 'ccache /usr/bin/gcc "-DWORDS=long a; long b" -DNAME=one -O2 -Werror -MD -MF one.d -o one.o -c one.c'},
    {"file": "two.c", "directory": folder,
     "arguments": ["cc", "-DWORDS=long a", "-DNAME=two", "-MMD", "-MT", "x", "-c", "two.c", "-o", "two.o"], "output": "two.o"},
    {"directory": folder, "command": "c++ -c none.cpp", "file": "none.cpp"},
    {"directory": folder, "file": odd, "command": "cc '-DWORDS=long a, b, c' -DNAME=three -c it\\'s\\ \\\"3\\\".c"},
]
if sys.argv[1] == "wrong":
    units.append({"directory": folder, "command": "cc -c missing.c", "file": "missing.c"})
print(json.dumps(units, indent=1))
