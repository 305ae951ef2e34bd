"""Compiles and runs each whole program of a document, and compares what it prints with the text below it: cookbook.py
DOCUMENT FOLDER COMPILER [PROGRAM FLAG...], of these only one, named by its heading, and with these flags."""
import os
import re
import subprocess
import sys

document, folder, compiler = sys.argv[1:4]
only, flags = "".join(sys.argv[4:5]), sys.argv[5:]
failed = 0
programs = re.findall(r"^## ([^\n]*)$|^```c\n(.*?)^```\n```text\n(.*?)^```$", open(document).read(), re.MULTILINE | re.DOTALL)
heading, n = "", 0
for title, source, expected in programs:
    if title:
        heading = re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
        continue
    if only not in ("", heading):
        continue
    n += 1
    with open(os.path.join(folder, f"{heading}.c"), "w") as out:
        out.write(source)
    command = [compiler, "-Wall", "-Wextra", "-Werror", "-pthread", *flags, "-o", heading, f"{heading}.c"]
    subprocess.run(command, cwd=folder, check=True)
    run = subprocess.run([os.path.join(folder, heading)], cwd=folder, capture_output=True, text=True, timeout=60)
    if run.returncode or run.stdout != expected:
        failed += 1
        print(f"{heading}: status {run.returncode}, printed\n{run.stdout}{run.stderr}but the document says\n{expected}")
print(f"{n} programs")
sys.exit(failed or n < (1 if only else 5))
