"""each.py COMPILER TYPEGEN ALLOCSCC OUT SOURCE: compiles SOURCE with DWARF by COMPILER, in each version and at -O0 and -O2, makes meta
files, and compares each with the plugin's tables by same.py; what is known to differ is in known-COMPILER-O<n>. Clang builds one
program with both, gcc one beside it."""
import os
import subprocess
import sys

compiler, typegen, allocscc, out, source = sys.argv[1:]
here = os.path.dirname(__file__)
common = ["-std=gnu11", "-w", source]


def run(*command, **options):
    if subprocess.run(command, **options).returncode:
        sys.exit("failed: " + " ".join(command))


def dump(file):
    with open(file + ".json", "w") as output:
        run(typegen, "--json", file, stdout=output)
    return file + ".json"


for level in ("-O0", "-O2"):
    for version in "2345" if compiler == "gcc" else "45":
        dwarf = ["-g", "-gdwarf-" + version]
        run(allocscc, level, *common, "-o", out, *([] if compiler == "gcc" else dwarf))
        file = out
        if compiler == "gcc":
            file = out + ".gcc"
            run("gcc", level, *common, *dwarf, "-o", file)
        run(typegen, file, "-o", out + ".meta")
        run(typegen, "--check", out + ".meta")
        print(compiler, level, "DWARF", version, flush=True)
        run(sys.executable, here + "/same.py", dump(out), dump(out + ".meta"), f"--known={here}/known-{compiler}{level}",
            *(["--statics-by-name"] if compiler == "gcc" else []))
