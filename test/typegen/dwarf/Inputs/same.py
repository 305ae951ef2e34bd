"""same.py TABLES META [--statics-by-name]: what the plugin's tables of a program say of types and statics (two outputs of
typegen --json), the meta file made of DWARF says, too. Prints each difference; fails if there is one.

Statics are compared by address; by name where the two are of programs built apart. A difference that DWARF cannot help is
told by a line of the file given with --known: a pattern of all of it."""
import json
import re
import sys

arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
options = [a for a in sys.argv[1:] if a.startswith("--")]
plugin, meta = (json.load(open(name))[0] for name in arguments)
known = [line.rstrip("\n") for option in options if option.startswith("--known=") for line in open(option[8:])]
by_name = "--statics-by-name" in options
differences = []


def differ(text):
    if not any(re.fullmatch(line, text) for line in known if line and not line.startswith("#")):
        differences.append(text)


types = {t["key"]: t for t in meta["types"]}
# Of what the plugin's sites say DWARF knows nothing
reached, work = set(), [o["type"] for o in plugin["statics"] + plugin["thread_locals"] + plugin["literals"]]
work += [l["type"] for f in plugin["frames"] for l in f["locals"]]
by_key = {t["key"]: t for t in plugin["types"]}
while work:
    key = work.pop()
    if key in by_key and key not in reached:
        reached.add(key)
        t = by_key[key]
        work += [t.get("target")] + [e["type"] for e in (t.get("members") or []) + (t.get("parameters") or []) if "type" in e]
        work += [p for p in t.get("parameters") or [] if isinstance(p, str)]
for t in plugin["types"]:
    if t["key"] not in reached:
        continue
    other = types.get(t["key"])
    if other is None and by_name and t["kind"] == "function":
        continue
    if other is None:
        differ(f"type {t['c']}: not there ({t['kind']}, {t['key']})")
        continue
    for field in t:
        # What a pointer leads to may be told better by one of them: identity is the key
        if t[field] != other.get(field) and not (field in ("c", "target") and t["kind"] != "enum"):
            differ(f"type {t['c']}: {field}: {t[field]} / {other.get(field)}")


def place(o):
    # A file included from beside another: Clang calls it ./x.h, gcc x.h. What one compiler inlines everywhere the other has
    o["file"] = o["file"] and o["file"].removeprefix("./") if by_name else o["file"]
    return (o["name"], o["function"], o["file"]) if by_name else (o["address"], o["name"])


for kind in ("statics", "thread_locals"):
    others = {}
    for o in meta[kind]:
        others.setdefault(place(o) if kind == "statics" else (o["name"], o["function"]), []).append(o)
    for o in plugin[kind]:
        found = others.get(place(o) if kind == "statics" else (o["name"], o["function"]), [])
        fields = [f for f in o if f not in ("address", "offset_at")]
        if not found and by_name and o["kind"] == "function":
            continue
        if not found:
            differ(f"{kind} {o['name']}: not there ({o['file']}:{o['line']}, {o['c']})")
        elif not any(all(o[f] == f2[f] for f in fields) for f2 in found):
            for f in fields:
                if o[f] != found[0][f]:
                    differ(f"{kind} {o['name']}: {f}: {o[f]} / {found[0][f]}")
# Locals: what a meta file tells of one is what the plugin tells; it need not tell all. Instances of a function that was inlined
# more than once have the same names
if not by_name:
    known_locals, compared = {}, 0
    for f in plugin["frames"]:
        for l in f["locals"]:
            known_locals.setdefault((f["code"], l["name"], l["line"], l["inlined_from"]), []).append(l)
    for f in meta["frames"]:
        for l in f["locals"]:
            others = known_locals.get((f["code"], l["name"], l["line"], l["inlined_from"]), [])
            compared += bool(others)
            for field in ("offset", "type", "alias"):
                if others and not any(other[field] == l[field] for other in others):
                    differ(f"local {l['name']} of {f['name']}: {field}: {others[0][field]} / {l[field]}")
    print(f"compared {compared} locals, of which the plugin has {sum(len(f['locals']) for f in plugin['frames'])}")
print("\n".join(differences))
counts = [len(reached), len(plugin["statics"])]
print(f"compared {counts[0]} types, {counts[1]} statics: {len(differences)} differences")
sys.exit(bool(differences) or not all(counts))
