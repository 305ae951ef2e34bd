"""same.py TABLES META [--statics-by-name]: what the plugin's tables of a program say of types and statics (two outputs of
typegen --json), the meta file made of DWARF says, too. Prints each difference; fails if there is one.

Statics are compared by address; by name where the two are of programs built apart. A difference that DWARF cannot help is
told by a line of the file given with --known: its beginning."""
import json
import sys

arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
options = [a for a in sys.argv[1:] if a.startswith("--")]
plugin, meta = (json.load(open(name))[0] for name in arguments)
known = [line.rstrip("\n") for option in options if option.startswith("--known=") for line in open(option[8:])]
by_name = "--statics-by-name" in options
differences = []


def differ(text):
    if not any(text.startswith(line) for line in known if line and not line.startswith("#")):
        differences.append(text)


types = {t["key"]: t for t in meta["types"]}
for t in plugin["types"]:
    other = types.get(t["key"])
    if other is None:
        differ(f"type {t['c']}: not there ({t['kind']}, {t['key']})")
        continue
    for field in t:
        # What a pointer leads to may be told better by one of them: identity is the key
        if t[field] != other.get(field) and not (field in ("c", "target") and t["kind"] != "enum"):
            differ(f"type {t['c']}: {field}: {t[field]} / {other.get(field)}")


def place(o):
    return (o["name"], o["function"], o["file"]) if by_name else (o["address"], o["name"])


for kind in ("statics", "thread_locals"):
    others = {}
    for o in meta[kind]:
        others.setdefault(place(o) if kind == "statics" else (o["name"], o["function"]), []).append(o)
    for o in plugin[kind]:
        found = others.get(place(o) if kind == "statics" else (o["name"], o["function"]), [])
        fields = [f for f in o if f not in ("address", "offset_at")]
        if not found:
            differ(f"{kind} {o['name']}: not there ({o['file']}:{o['line']}, {o['c']})")
        elif not any(all(o[f] == f2[f] for f in fields) for f2 in found):
            for f in fields:
                if o[f] != found[0][f]:
                    differ(f"{kind} {o['name']}: {f}: {o[f]} / {found[0][f]}")
# Locals: what a meta file tells of one is what the plugin tells; it need not tell all
if not by_name:
    told = {(f["code"], l["name"], l["line"], l["inlined_from"]): l for f in meta["frames"] for l in f["locals"]}
    compared = 0
    for f in plugin["frames"]:
        for l in f["locals"]:
            other = told.get((f["code"], l["name"], l["line"], l["inlined_from"]))
            compared += other is not None
            for field in ("offset", "type", "alias"):
                if other and other[field] != l[field]:
                    differ(f"local {l['name']} of {f['name']}: {field}: {l[field]} / {other[field]}")
    print(f"compared {compared} of {sum(len(f['locals']) for f in plugin['frames'])} locals")
print("\n".join(differences))
counts = [len(plugin[k]) for k in ("types", "statics")]
print(f"compared {counts[0]} types, {counts[1]} statics: {len(differences)} differences")
sys.exit(bool(differences) or not all(counts))
