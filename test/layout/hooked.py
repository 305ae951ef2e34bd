"""Compare what is made of the list of hooked functions with the list: hooked.py <source root> <link flags of a static
program> <exports file> <nm -A of the archive>. Then look for files that name its functions by hand."""
import glob, os, re, sys

root, flags, exports, nm = sys.argv[1:]
rows = re.findall(r"^ALLOCS_(\w+)\((\w+)(?:, (\w+))?", open(f"{root}/include/allocs/hooked.def").read(), re.M)
names = {name for _, name, _ in rows}
wrapped = {name for _, name, beneath in rows if beneath != "DYNAMIC"}
symbols = re.findall(r"(\w+)\.c\.o: *[0-9a-f]* (\w) (\S+)$", open(nm).read(), re.M)
bad = []


def same(what, is_so, should_be):
    if set(is_so) != should_be:
        bad.append(f"{what}: {' '.join(sorted(set(is_so) ^ should_be))}")


same("--wrap", re.findall(r"--wrap=(\w+)", open(flags).read()), wrapped)
called = {s for f, kind, s in symbols if f == "entry" and kind == "T" and not s.startswith("__allocs_rt_")}
same("exports", [n for n in re.findall(r"([\w*]+);", open(exports).read()) if "*" not in n], names | called | {"__allocs_runtime"})
same("hooks of dynamic programs", [s for f, kind, s in symbols if f.startswith("hook_next") and kind == "W"], names)
same("hooks of static programs", [s[7:] for _, kind, s in symbols if kind == "T" and s.startswith("__wrap_")], wrapped)

# The rarer ones of the malloc family are named by who defines them, and by what is underneath or comes first
definers = {"hooked.def", "hook_family.def", "hook_wrap.c", "heap.c", "heap.h", "early_heap.c"}
rarer = {name for kind, name, _ in rows if kind in ("GIVES", "TAKES")} - {"malloc", "calloc", "realloc", "free"}
files = [f for d in ("include", "runtime", "plugin", "cmake") for f in glob.glob(f"{root}/{d}/**/*", recursive=True)
         if os.path.isfile(f) and os.path.basename(f) not in definers]
for path in files:
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", open(path).read(), flags=re.S)
    bad += [f"{os.path.relpath(path, root)} names {name}" for name in sorted(rarer) if re.search(rf"\b{name}\b", text)]
if len(names) < 20 or len(rarer) < 5 or len(files) < 50:
    bad.append("nothing was looked at")
print("\n".join(bad))
sys.exit(bool(bad))
