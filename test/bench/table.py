# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""The rows as text, as Markdown and as JSON; the budgets and whether they are met."""
import json
import statistics


def geomean(values):
    return statistics.geometric_mean(values) if values else None


def worst(rows, key="reflected"):
    return max((row[key] for row in rows), default=None)


def value(rows, key="reflected"):
    return rows[0][key] if rows else None


def frames(bench):
    """The worst of a local's query less 4 ns per frame passed."""
    rows = bench.find("queries", r"^local, \d+ frames up$")
    return max((row["reflected"] - 4 * int(row["name"].split()[1]) for row in rows), default=None)


def budgets(bench):
    """(what, budget, measured or None, unit, which row's spread)"""
    times = bench.find("real", ": time$")
    memory = bench.find("real", ": peak RSS$")
    one = lambda kind: bench.find("micro", f"^pair, {kind}, 16 to 511$")
    links = bench.find("compile", ": compile time, plugin$")
    heap = bench.find("queries", "^heap, .*(first|any) byte$")
    pairs = lambda kind: bench.find("micro", f"^pair, {kind}, [0-9]+( KiB)?$")
    ratio = lambda rows: [row["ratio"] for row in rows]
    single = lambda what: (value(bench.find("micro", f"^{what}$"), "ratio"), "×", bench.find("micro", f"^{what}$"))
    query = lambda what: (worst(bench.find("queries", what)), "ns", bench.find("queries", what))
    many = lambda what: (value(bench.find("memory", f"^{what}$"), "ratio"), "×", bench.find("memory", f"^{what}$"))
    return [
        ("real programs, no queries, geometric mean", 1.01, geomean(ratio(times)), "×", times),
        ("real programs, no queries, worst", 1.04, worst(times, "ratio"), "×", times),
        ("malloc+free pair, random replacement", 1.3, value(one("random replacement"), "ratio"), "×",
         one("random replacement")),
        ("malloc+free pair, tight loop", 1.3, value(one("tight loop"), "ratio"), "×", one("tight loop")),
        ("the same, worst of all sizes to 64 KiB, random", 1.3, worst(pairs("random replacement"), "ratio"), "×", pairs("random replacement")),
        ("tight", 1.3, worst(pairs("tight loop"), "ratio"), "×", pairs("tight loop")),
        ("of 1 MiB, random", 1.3, *single("pair, random replacement, 1 MiB")),
        ("tight", 1.5, *single("pair, tight loop, 1 MiB")),
        ("two threads side by side, tight", 1.3, *single("pair, tight loop, 2 threads")),
        ("a list of 300000 nodes and texts", 1.2, *single("list of 300000 nodes and texts, per node")),
        ("10000 threads at once, CPU", 1.2, *single("one of 10000 threads, CPU")),
        ("peak RSS, geometric mean", 1.06, geomean(ratio(memory)), "×", memory),
        ("peak RSS, worst", 1.13, worst(memory, "ratio"), "×", memory),
        ("RSS of 40000 blocks of 30 KB", 1.1, *many("40000 x 30 KB: RSS")),
        ("CPU of 40000 blocks of 30 KB", 1.25, *many("40000 x 30 KB: CPU")),
        ("RSS of 20000 blocks of 131 KB, untouched", 1.2, *many("20000 x 131 KB, untouched: RSS")),
        ("RSS of 20000 blocks of 1 MB, untouched", 1.4, *many("20000 x 1 MB, untouched: RSS")),
        ("RSS of 1000 blocks of 100 MB, untouched", 2.5, *many("1000 x 100 MB, untouched: RSS")),
        ("RSS after 10000000 blocks were freed", 1.1, *many("10000000 x 64, freed and trimmed: RSS")),
        ("peak RSS of hello, over plain", 0.3, value(bench.find("start", "RSS of hello, over")), "MB",
         bench.find("start", "RSS of hello, over")),
        ("start-up of hello, over plain", 0.08, value(bench.find("start", "start-up of hello, over")), "ms",
         bench.find("start", "start-up of hello, over")),
        ("start-up of hello, preloaded, over plain", 0.5, value(bench.find("start", "hello, preloaded, over")), "ms",
         bench.find("start", "hello, preloaded, over")),
        ("heap query, worst of all block sizes", 13, worst(heap), "ns", heap),
        ("static query", 10, *query("^static$")),
        ("stack query, less 4 ns per frame, worst depth", 20, frames(bench), "ns",
         bench.find("queries", "^local, ")),
        ("thread-local query", 30, *query("^thread-local$")),
        ("alloc_is_a, worst", 30, *query("^alloc_is_a")),
        ("chain to the allocation", 100, *query("^alloc_get_leaf_chain")),
        ("compile time, geometric mean", 1.03, geomean(ratio(links)), "×", links),
        ("meta file of libc: CPU, of pahole's", 1, value(bench.find("meta", "^libc: CPU$"), "ratio"), "×", bench.find("meta", "^libc: CPU$")),
        ("meta file of libc: peak RSS, of pahole's", 2, value(bench.find("meta", "^libc: peak RSS$"), "ratio"), "×",
         bench.find("meta", "^libc: peak RSS$")),
        ("meta file, of the DWARF, worst", 5, worst(bench.find("meta", "meta file, of")), "%", bench.find("meta", "meta file, of")),
        ("table size, of what -g adds, worst", 8, worst(bench.find("compile", "table size")), "%",
         bench.find("compile", "table size")),
    ]


def verdict(budget, measured):
    if measured is None:
        return "not measured"
    return "met" if measured <= budget else f"falls short by {100 * (measured / budget - 1):.2g} %"


def number(x):
    if x is None:
        return ""
    return f"{x:.0f}" if abs(x) >= 100 else f"{x:.3g}"


def wide(x):
    return "" if x is None else f"{x:.3f}"


PARTS = [("real", "Real programs"), ("start", "Start-up"), ("micro", "Single operations"), ("memory", "Many blocks"), ("queries", "Queries"),
         ("compile", "Compiling"), ("meta", "Meta files, against pahole")]


def tables(bench):
    """(title, heads, rows) of each table."""
    rows = [(what, f"≤ {number(budget)} {unit}", f"{wide(got) if unit == '×' else number(got)} {unit}".strip() if got
             is not None else "", f"± {statistics.median([row['spread'] for row in of] or [0]):.2g}", verdict(budget, got))
            for what, budget, got, unit, of in budgets(bench)]
    if bench.rows:
        yield "Budgets", ("what", "budget", "measured", "spread", "outcome"), rows
    for part, title in PARTS:
        rows = [(row["name"], row["unit"], number(row.get("plain")), number(row["reflected"]), wide(row.get("ratio")),
                 f"{row['spread']:.2g}", row["note"]) for row in bench.rows if row["part"] == part]
        if rows:
            yield title, ("what", "unit", "plain", "reflected", "ratio", "spread", "note"), rows
    if bench.peers:
        yield ("Peers", ("peer", "gives", "costs", "allocs gives", "costs"), bench.peers)
    for what, points in bench.growth.items():
        if points:
            yield f"Growth: ns per query by {what}", [f"{n}" for n, _ in points], [[number(y) for _, y in points]]
    if bench.missing:
        yield "Not measured", ("what", "why"), [(what, why.replace("\n", " ")[-200:]) for what, why in bench.missing]


def text(bench):
    out = []
    for title, heads, rows in tables(bench):
        columns = [max(len(str(row[i])) for row in [heads, *rows]) for i in range(len(heads))]
        line = lambda row: "  ".join(str(cell).ljust(width) for cell, width in zip(row, columns)).rstrip()
        out += [title, "", *("  " + line(row) for row in [heads, *rows]), ""]
    return "\n".join(out)


def markdown(bench, machine):
    out = ["Machine: " + "; ".join(f"{key} {value}" for key, value in machine.items()) + ".", ""]
    for title, heads, rows in tables(bench):
        out += [f"### {title}", "", "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        out += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows] + [""]
    return "\n".join(out)


def as_json(bench, machine):
    return json.dumps({"machine": machine, "quick": bench.quick, "rows": bench.rows, "growth": bench.growth,
                       "budgets": [{"what": what, "budget": budget, "measured": got, "unit": unit,
                                    "outcome": verdict(budget, got)} for what, budget, got, unit, _ in budgets(bench)],
                       "peers": bench.peers, "missing": bench.missing, "seconds": bench.seconds}, indent=1)
