"""Builds the program of Inputs/shape-*.c in each shape of link, runs it, and prints the shapes that fail."""
import shutil
import subprocess
import sys

driver, clang, inputs, out = sys.argv[1:]
program, library = f"{inputs}/shape-program.c", f"{inputs}/shape-library.c"
failures = []


def run(name, *commands):
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            failures.append(f"{name}: {' '.join(command)}\n{done.stdout}{done.stderr}")
            return


KINDS = {"pie": ["-pie", "-fPIE"], "no-pie": ["-no-pie", "-fno-pie"], "static": ["-static"], "static-pie": ["-static-pie", "-fPIE"]}
OPTIONS = {
    "plain": [], "O0": ["-O0"], "gc-sections": ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"],
    "hidden": ["-fvisibility=hidden"], "stripped": ["-Wl,-s"], "lto": ["-flto"], "thin-lto": ["-flto=thin"],
    "hash-gnu": ["-Wl,--hash-style=gnu"], "hash-sysv": ["-Wl,--hash-style=sysv"], "now": ["-Wl,-z,now", "-Wl,-z,relro"],
}
count = 0
for linker in "bfd", "lld", "mold", "gold":
    if linker != "lld" and not shutil.which(f"ld.{linker}"):
        continue
    for kind, kind_flags in KINDS.items():
        for option, flags in OPTIONS.items():
            if "lto" in option and linker != "lld":
                continue  # frames need a linker that loads passes
            if (linker, kind) == ("gold", "static-pie"):
                continue  # of which it can make none
            if kind in ("no-pie", "static-pie") and option in ("hash-gnu", "hash-sysv", "now", "hidden"):
                continue
            exe = f"{out}/program"
            run(f"{linker} {kind} {option}", [driver, "-O2", f"-fuse-ld={linker}", *kind_flags, *flags, program, "-o", exe], [exe])
            count += 1
    for option, flags in {"": [], "stripped": ["-Wl,-s"], "lto": ["-flto"] if linker == "lld" else [],
                          "versions": [f"-Wl,--version-script={inputs}/shape-library.version", "-fvisibility=hidden"]}.items():
        exe, so = f"{out}/with-library", f"{out}/libshape.so"
        shared = ["-O2", "-fPIC", "-shared", f"-fuse-ld={linker}", *flags, library, "-o", so]
        use = ["-O2", f"-fuse-ld={linker}", "-DLIBRARY", program, so, "-o", exe]
        run(f"{linker} two tags {option}", [driver, *shared], [driver, *use], [exe])
        run(f"{linker} plain library {option}", [clang, *shared], [driver, "-DLIBRARY_HAS_RECORDS=0", *use], [exe])
        count += 2
print("\n".join(failures))
print(f"{count} shapes, {len(failures)} fail")
sys.exit(bool(failures))
