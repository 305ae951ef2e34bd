"""figures.py ROOT [BUILD]: the form of the sources in figures; with a build of them, what calls what, too. docs/style.md has what
they were and are. Files are .c, .cpp, .h and .def; an arrow says that one calls or
reads something of another; floors are the files on the longest way."""
import glob
import os
import re
import statistics
import subprocess
import sys

root = sys.argv[1]
endings = (".c", ".cpp", ".h", ".def")


def code(path):
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", open(path).read(), flags=re.S)


def functions(path):
    """Their lengths; relies on the formatting: a function ends with } in column 1."""
    start, before = None, ""
    for number, line in enumerate(open(path), 1):
        if re.match(r"[A-Za-z_].*\)( const| override)? \{$", line) or start is None and re.match(r" .*\) \{$", line) and \
                re.match(r"[A-Za-z_].*[(,]$", before):
            start = number
        elif line.startswith("}") and start:
            yield number - start + 1
            start = None
        before = line.rstrip("\n")


def longest(leads, at, known):
    if at not in known:
        known[at] = 0
        known[at] = 1 + max((longest(leads, to, known) for to in sorted(leads.get(at, ()))), default=0)
    return known[at]


def reached(leads, at):
    found, new = set(), set(leads[at])
    while new:
        found |= new
        new = {to for a in new for to in leads.get(a, ())} - found
    return found


def calls(room):
    """By file those that it calls or reads, by the symbols of the room's objects."""
    home, uses = {}, []
    objects = glob.glob(f"{sys.argv[2]}/{room}/**/*.o", recursive=True)
    nm = subprocess.run(["nm", "-A", *objects], capture_output=True, text=True, check=True).stdout
    for file, kind, symbol in re.findall(r"([\w-]+)\.c(?:pp)?\.o:\s*[0-9a-f]*\s+(\w)\s+(\S+)$", nm, re.M):
        if kind in "Uw":
            uses.append((file, symbol))
        elif kind.isupper() and kind not in "VW":
            home[symbol] = file
    leads = {}
    for file, symbol in uses:
        if home.get(symbol, file) != file:
            leads.setdefault(file, set()).add(home[symbol])
    return leads


for room in ("runtime", "typegen", "plugin"):
    paths = [p for p in sorted(glob.glob(f"{root}/{room}/**/*", recursive=True)) if p.endswith(endings)]
    folders = [os.path.dirname(p) for p in paths]
    print(f"{room}: {len(paths)} files in {len(set(folders))} folders, {max(map(folders.count, folders))} in the largest; "
          f"{statistics.median(len(open(p).readlines()) for p in paths):.0f} lines in the median")
    if len(sys.argv) > 2:
        folder = {os.path.splitext(os.path.basename(p))[0]: os.path.dirname(p) for p in paths}
        leads = {a: {b for b in of if b in folder} for a, of in calls(room).items() if a in folder}
        arrows = {(folder[a], folder[b]) for a in leads for b in leads[a] if folder[a] != folder[b]}
        circles = sum(a in reached(leads, a) for a in leads)
        print(f"  {sum(map(len, leads.values()))} arrows between files, {circles} files in circles, "
              f"{max(longest(leads, a, {}) for a in sorted(leads))} floors; {len(arrows)} arrows between folders, "
              f"{sum((b, a) in arrows for a, b in arrows)} of them both ways")
    lengths = sorted(n for p in paths for n in functions(p))
    print(f"  {len(lengths)} functions: {statistics.median(lengths):.0f} lines in the median, 90 % up to {lengths[len(lengths) * 9 // 10]}, "
          f"{sum(n > 40 for n in lengths)} above 40, {lengths[-1]} the longest")

by_hand = r"\.(uint|ref|u8|u16|u32|u64)\(|\ballocs_(read_(uint|ref|byte|int32|uint64)|cursor_(take|uint|address|text|place|slot))\w*\("
paths = [p for room in ("runtime", "typegen", "plugin") for p in glob.glob(f"{root}/{room}/**/*", recursive=True) if p.endswith(endings)]
lines = {os.path.relpath(p, root): len(re.findall(by_hand, code(p))) for p in paths}
print(f"the format: {sum(lines.values())} values read or written by hand in {sum(map(bool, lines.values()))} files")
script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "processor.sh")
lines = [line.split(":")[0] for line in subprocess.run(["sh", script, root], capture_output=True, text=True).stdout.splitlines()]
print(f"the processor: {len(lines)} lines in {len(set(lines))} files")
