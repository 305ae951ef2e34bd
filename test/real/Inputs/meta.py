"""meta.py PROJECT SOURCES OUT ALLOCSCC TYPEGEN: builds a project at -O2 with the plugin and Clang's DWARF in one, and with gcc's beside it,
and compares meta files of both with the plugin's tables, by test/typegen/dwarf/Inputs/same.py. What differs is in known-PROJECT."""
import glob
import os
import shutil
import subprocess
import sys

project, sources, out, allocscc, typegen = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
same = here + "/../../typegen/dwarf/Inputs/same.py"
shutil.rmtree(out, ignore_errors=True)
shutil.copytree(f"{sources}/{project}", out)
os.chdir(out + ("/src" if project == "lua5.4" else ""))
options = {"lua5.4": ["-DLUA_USE_POSIX", "-lm", "-ldl"], "zlib": ["-DHAVE_UNISTD_H", "-fPIC", "-shared"]}[project]
with open("lua5.4-deb-multiarch.h", "w") as header:  # made by the Debian package's rules
    header.write('#define DEB_HOST_MULTIARCH "x86_64-linux-gnu"\n')


def dump(file):
    with open(file + ".json", "w") as output:
        subprocess.run([typegen, "--json", file], check=True, stdout=output)
    return file + ".json"


failed = False
for compiler, name in ((allocscc, "clang"), ("gcc", "gcc")):
    files = [file for file in sorted(glob.glob("*.c")) if file != "luac.c"]
    subprocess.run([compiler, "-O2", "-g", "-w", "-o", name, *files, *options], check=True)
    subprocess.run([typegen, name, "-o", name + ".meta"], check=True)
    subprocess.run([typegen, "--check", name + ".meta"], check=True)
    print(name, flush=True)
    failed |= subprocess.run([sys.executable, same, dump("clang"), dump(name + ".meta"), f"--known={here}/known-{project}",
                              *(["--statics-by-name"] if name == "gcc" else [])]).returncode != 0
sys.exit(failed)
