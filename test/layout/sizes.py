"""Print files and functions that are too long; relies on the formatting: a function ends with } in column 1."""
import glob
import re
import sys

FILE, FUNCTION = 600, 80
root = sys.argv[1]
bad, files, functions = [], 0, 0
for folder in ("include", "runtime", "typegen", "plugin"):
    for path in sorted(glob.glob(f"{root}/{folder}/**/*.[ch]", recursive=True) + glob.glob(f"{root}/{folder}/**/*.cpp", recursive=True)):
        files += 1
        lines = open(path).read().split("\n")
        if len(lines) > FILE:
            bad.append(f"{path}: {len(lines)} lines")
        start = None
        for number, line in enumerate(lines, 1):
            if re.match(r"[A-Za-z_].*\)( const| override)? \{$", line) or (start is None and re.match(r" .*\) \{$", line) and
                                                          re.match(r"[A-Za-z_].*\($|[A-Za-z_].*,$", lines[number - 2])):
                start = number
            elif line.startswith("}") and start:
                functions += 1
                if number - start + 1 > FUNCTION:
                    bad.append(f"{path}:{start}: function of {number - start + 1} lines")
                start = None
print("\n".join(bad))
sys.exit(bool(bad) or files < 100 or functions < 1000)
