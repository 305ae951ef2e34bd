"""heapsnapshot.py FOLDER: reads FOLDER/heapsnapshot as its schema has it, and computes retained sizes: they must be those of
FOLDER/retained.json. Prints the edges of each node, as `NODE -EDGE-> NODE`."""
import json
import sys

folder = sys.argv[1]
heap, told = (json.load(open(f"{folder}/{name}")) for name in ("heapsnapshot", "retained.json"))
meta, strings = heap["snapshot"]["meta"], heap["strings"]
width = len(meta["node_fields"])
nodes = [dict(zip(meta["node_fields"], heap["nodes"][i:i + width])) for i in range(0, len(heap["nodes"]), width)]
edges = [heap["edges"][i:i + 3] for i in range(0, len(heap["edges"]), 3)]
assert len(nodes) == heap["snapshot"]["node_count"] and len(edges) == heap["snapshot"]["edge_count"]
assert len({n["id"] for n in nodes}) == len(nodes) and all(0 < n["id"] < 1 << 32 for n in nodes)
assert len(set(strings)) == len(strings)
left = iter(edges)
for node in nodes:
    node["name"] = strings[node["name"]]
for node in nodes:
    node["to"] = []
    for _ in range(node["edge_count"]):
        kind, name, to = next(left)
        kind = meta["edge_types"][0][kind]
        assert to % width == 0
        node["to"].append(to // width)
        if node["name"] and not node["name"].startswith("("):
            print(f"{node['name']} -{kind} {name if kind == 'element' else strings[name]}-> {nodes[to // width]['name']}")
assert next(left, None) is None


def lost_without(i):
    seen, new = {0, i}, [0]
    while new:
        for to in nodes[new.pop()]["to"]:
            if to not in seen:
                seen.add(to)
                new.append(to)
    return {j for j in range(len(nodes)) if j not in seen} | {i}


held = [lost_without(i) for i in range(len(nodes))]
assert all(0 not in h for h in held[1:]) and len(held[0]) == 1
sizes = sorted((n["name"], sum(nodes[j]["self_size"] for j in held[i])) for i, n in enumerate(nodes) if i > 1 and
               not any(i in held[j] for j in range(2, len(nodes)) if j != i) and sum(nodes[j]["self_size"] for j in held[i]))
wanted = sorted((o["what"].split(", ")[0] if o["what"].startswith("struct") else o["what"], o["bytes"]) for o in told["objects"] if o["bytes"])
assert sizes == wanted, (sizes, wanted)
again = json.load(open(f"{folder}/again"))
assert again["nodes"] == heap["nodes"], "two of one heap have other ids"
