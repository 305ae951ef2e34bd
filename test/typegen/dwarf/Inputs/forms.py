"""forms.py TYPEGEN CLANG OUT: a program's meta file says the same in whatever form the DWARF is, and wherever. What libdw does not read is told."""
import os
import shutil
import subprocess
import sys

typegen, clang, out = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
shutil.rmtree(out, ignore_errors=True)
os.makedirs(out)
os.chdir(out)
for name in ("first.c", "second.c"):
    shutil.copy(f"{here}/{name}", name)


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def dump(file):
    run(typegen, file, "-o", "meta")
    run(typegen, "--check", "meta")
    lines = run(typegen, "--dump", "meta").splitlines()
    # A base type that nothing refers to is in some forms alone
    return [line for line in lines if line != unused]


def same(what, file, expected):
    print(what, flush=True)
    if dump(file) != expected:
        sys.exit(f"{what}: {dump(file)}\\nis not\\n{expected}")


unused = "type unsigned long; /* 8 bytes, 1cd32c242bec9859 */"
forms = ["-gz", "-gsplit-dwarf", "-fdebug-types-section", "-g3", "-gno-strict-dwarf", "-fPIC -pie", "-no-pie"]
for compiler in ("gcc", clang):
    run(compiler, "-g", "-w", "first.c", "second.c", "-o", "program")
    expected = dump("program")
    if not any("static struct s v;" in line for line in expected) or not any("struct s local;" in line for line in expected):
        sys.exit(f"too little: {expected}")
    for version in ("2", "3", "4", "5"):
        for form in forms:
            if form == "-gsplit-dwarf" and version < "4" or form == "-fdebug-types-section" and version < "4":
                continue
            run(compiler, "-g", "-gdwarf-" + version, *form.split(), "-w", "first.c", "second.c", "-o", "program")
            same(f"{compiler} {version} {form}", "program", expected)
    run(compiler, "-g", "-w", "first.c", "second.c", "-o", "program", "-Wl,--build-id")
    run("objcopy", "--only-keep-debug", "program", "program.debug")
    run("strip", "program", "-o", "stripped")
    run("objcopy", "--add-gnu-debuglink=program.debug", "stripped")
    same("debug link", "stripped", expected)
    same("the separate file", "program.debug", expected)
    os.makedirs("moved/.debug", exist_ok=True)
    shutil.move("program.debug", "moved/.debug/program.debug")
    shutil.copy("stripped", "moved/stripped")
    same("below .debug", "moved/stripped", expected)
    if compiler == "gcc" and shutil.which("dwz"):
        shutil.copy("program", "other")
        run("dwz", "-m", "supplement", "program", "other")
        if os.path.exists("supplement"):
            same("dwz", "program", expected)
# The same bytes, from whatever folder it is made
first = open("meta", "rb").read()
run(typegen, "./program", "-o", "again")
if open("again", "rb").read() != first or first != subprocess.run([typegen, "program", "-o", "-"], capture_output=True).stdout:
    sys.exit("other bytes")
# A part that is not there is told, and nothing is left
run("gcc", "-g", "-gsplit-dwarf", "-w", "first.c", "second.c", "-o", "split")
for dwo in [name for name in os.listdir(".") if name.endswith("second.dwo")]:
    os.remove(dwo)
failed = subprocess.run([typegen, "split", "-o", "none"], capture_output=True, text=True)
if failed.returncode != 1 or "second.dwo, which cannot be read" not in failed.stderr or os.path.exists("none"):
    sys.exit(f"{failed}")
