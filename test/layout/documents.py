"""documents.py ROOT: prints what documents, READMEs and comments name that is not there: files, folders, and names of code; and what
docs/architecture.md does not tell in the order of LAYERS: a paragraph of each folder, and each file of plugin.

A file may be named by the end of its path; `*`, `…` and `<word>` stand for anything, a name without an ending for any file of
it. A name of code is there if some source says it outside of comments."""
import fnmatch
import os
import re
import sys

root = sys.argv[1]
rooms = ("runtime/", "typegen/", "plugin/", "include/", "cmake/")
past = {"-"}
of_c = (".c", ".h", ".cpp", ".def")
of_lines = (".py", ".sh", ".cmake", ".in", ".txt", "LAYERS", "cmake/bootstrap")
endings = r"(?:c|h|cpp|def|py|sh|md|cmake|test|svg|in)"
# Files of others, of examples, and made; names of standards, of others, and of what a place is left for
foreign = ("build/*", "DIR/*", "bench.md", "prog.c", "program.c", "list.c", "mman.h", "elf.h", "fs.h", "lower_snake.c")
foreign_names = r"(SHF|R_X86_64|SHT|PT|DT|DW)_\w+|__(start|stop)_NAME|n_x|dlerror|_se(ction|gment)|process_vm_readv|REQUIRES|UNSUPPORTED"


def walk():
    for base, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in (".git", "__pycache__") and not f.startswith("build")]
        yield from (os.path.relpath(os.path.join(base, name), root) for name in names)


def split(path):
    """Of a source, what it says and its comments."""
    text = open(os.path.join(root, path), encoding="utf-8", errors="replace").read()
    comment = r"/\*.*?\*/|//[^\n]*" if path.endswith(of_c) else r"#[^\n]*"
    comments = [re.sub(r"^[ /*#]+|\*/$", "", line) for found in re.findall(comment, text, re.S) for line in found.split("\n")]
    return re.sub(comment, " ", text, flags=re.S), "\n".join(comments)


def section(text, title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S).group(1)


files = sorted(walk())
paths = set(files) | {p[:i] for p in files for i, c in enumerate(p) if c == "/"}
ends = {p[i:] for p in paths for i in range(len(p)) if i == 0 or p[i - 1] == "/" and ("/" in p[i:] or not p.startswith("test/"))}
ends |= {os.path.splitext(e)[0] for e in ends}
of_tests = {os.path.basename(p) for p in files if p.startswith("test/")}  # to be named by a path, but where they are told of
folders = {p.rsplit("/")[-1] for p in paths - set(files)}
code, texts = set(), {}
for path in files:
    if path.endswith(of_c + of_lines + (".test",)) and not path.endswith("layout/documents.py"):
        said, comments = split(path)
        code.update(re.findall(r"\w+", said))
        if path.startswith(rooms):
            texts[path] = comments
    elif path.endswith(".md") and "/Inputs/" not in path:
        texts[path] = re.sub(r"```.*?```", "", open(os.path.join(root, path)).read(), flags=re.S)

bad, looked_at = [], {"file": 0, "name": 0, "feature": 0}


def look(path, what, name, there):
    looked_at[what] += 1
    if not there:
        bad.append(f"{path}: there is no {what} {name}")


def is_file(name, path):
    name = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name.startswith("..") else name
    pattern = re.sub(r"…|<\w+>", "*", name.rstrip("/"))
    if any(fnmatch.fnmatch(pattern, p) or fnmatch.fnmatch(os.path.basename(pattern), p) for p in foreign):
        return True
    if path in ("README.md", "docs/testing.md", "docs/performance.md") and pattern in of_tests:
        return True
    return pattern in ends or any(c in pattern for c in "*?") and bool(fnmatch.filter(ends, pattern + "*"))


for path, text in texts.items():
    names = re.findall(rf"(?<![\w/.%$<>*-])(?:\.\./)*[\w/…*-][\w/…*<>-]*\.{endings}(?![\w(]|\.\w)", text)
    names += re.findall(r"(?:`|(?<=[ (]))((?:test|docs|runtime|typegen|plugin|include|cmake|run)/[\w./…*<>-]*[\w…])", text)
    tokens = re.findall(r"`([^`\n]+)`", text)
    names += [t for t in tokens if re.fullmatch(r"[\w.…*<>-]+/[\w./…*<>-]*", t) and t.split("/")[0] in folders]
    for name in set(names):
        look(path, "file", name, is_file(name, path))
    names = re.findall(r"\b((?:allocs?|uniqtype|__allocs|__uniqtype)_\w*[a-z0-9])(?![\w.…*<-])", text)
    names += [name[1] for name in (re.fullmatch(r"([A-Za-z_]\w{2,})(?:\(.*\))?", t) for t in tokens) if name]
    names += re.findall(r"\b([A-Za-z_]\w{2,})\(\)", text)
    for name in set(names):
        look(path, "name", name, name in code or name in ends or re.fullmatch(foreign_names, name))

architecture = texts["docs/architecture.md"]
for room, title in ("runtime", "In the process"), ("typegen", "In typegen"), ("plugin", "In the compiler"):
    lines = [line.split("#")[0].strip() for line in open(os.path.join(root, room, "LAYERS"))]
    wanted = [line.split(":")[0] for line in lines if ":" in line]
    told = re.findall(r"^\*\*(\w+)\*\*", section(architecture, title), re.M)
    if told != wanted:
        bad.append(f"docs/architecture.md: '{title}' tells of {' '.join(told)}, not of {' '.join(wanted)} as {room}/LAYERS lists")
    for name in " ".join(lines).split() if not wanted else []:
        look("docs/architecture.md", "name", f"{name}: '{title}' does not tell of it", f"`{name}`" in section(architecture, title))
testing = texts["docs/testing.md"]
rooms_told = set(re.findall(r"^\| `(test/\w+)` \|", testing, re.M))
for folder in rooms_told ^ {p for p in paths - set(files) if re.fullmatch(r"test/\w+", p)}:
    bad.append(f"docs/testing.md: {folder} is a row of it or a folder, not both")
config = open(os.path.join(root, "test/lit.cfg.py")).read()
for name in re.findall(r'^    \("([\w-]+)", |features\.add\("([\w-]+)"\)', config, re.M):
    look("docs/testing.md", "feature", "".join(name) + " told of", f"`{''.join(name)}`" in testing)
for name in re.findall(r'"([\w.]+)"', re.search(r"excludes = \[(.*?)\]", config).group(1)):
    look("test/lit.cfg.py", "file", name, any(name in p.split("/") for p in files if p.startswith("test/")))
if looked_at["file"] < 200 or looked_at["name"] < 500 or looked_at["feature"] < 10:
    bad.append(f"only {looked_at['file']} files and {looked_at['name']} names were looked at")
print("\n".join(sorted(bad)))
sys.exit(bool(bad))
