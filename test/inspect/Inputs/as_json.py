"""as_json.py ALLOCS PROGRAM: runs PROGRAM, and has ALLOCS tell of it as JSON, by each command; what that says must be what the texts say."""
import json
import subprocess
import sys

allocs, program = sys.argv[1:]
run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)


def told(command, *options):
    text = subprocess.run([allocs, command, str(run.pid), *options], check=True, capture_output=True).stdout.decode()
    got = json.loads(subprocess.run([allocs, command, str(run.pid), *options, "--format", "json"], check=True, capture_output=True).stdout.decode())
    assert got["process"] == run.pid
    return text, got


try:
    for line in iter(run.stdout.readline, "ready\n"):
        if not line:
            sys.exit("it ended before it was ready")
    text, found = told("find", "struct leaf")
    assert text == "".join(f"{o['address']}: {o['text']}\n" for o in found["objects"]) + f"found: {len(found['objects'])}\n"
    assert len(found["objects"]) == 9
    leaves = [o["address"] for o in found["objects"]]

    text, described = told("describe", *leaves[:2], "0x10")
    assert text == "".join(f"{o['address']}: {o['text']}\n" for o in described["addresses"])
    first = described["addresses"][0]
    assert (first["base"], first["bytes"], first["kind"], first["type"], first["function"], first["line"]) == \
        (leaves[0], 40, "__default_lib_malloc", "struct leaf", "make_leaf", 100) and first["file"].endswith('a"b\\</script><b>;c.c'), first
    assert set(described["addresses"][2]) == {"address", "text"}
    _, described = told("describe", leaves[0], "-v")
    assert "char text[40] = " in described["addresses"][0]["values"]

    text, chains = told("chain", hex(int(leaves[0], 16) + 3))
    chain = chains["addresses"][0]["chain"]
    assert [step.get("index", step.get("name")) for step in chain[:3]] == [3, "text", None] and chain[2]["kind"] == "__default_lib_malloc"
    assert len(text.splitlines()) == 1 + len(chain)

    text, why = told("why", *leaves, "0x10")
    lines = []
    for asked in why["addresses"]:
        lines.append(f"{asked['address']}: {asked['text']}")
        lines += [f"  {step['address']}: {step['text']}" for step in asked.get("way", [])]
        lines += ["  it is no block of the heap"] * (not asked["is_block"]) + ["  nothing leads to it"] * (not asked.get("is_held", True))
    assert text.splitlines() == lines and sum(not a.get("is_held", True) for a in why["addresses"]) == 1

    text, leaks = told("leaks")
    row = leaks["rows"][0]
    assert len(leaks["rows"]) == 1 and (leaks["leaked_blocks"], leaks["leaked_bytes"], leaks["blocks"], leaks["bytes"]) == (1, 40, 15, 792)
    assert row["first"] in leaves and f"{row['type']}, {row['site']}, {row['first']}" in text and leaks["knows_registers"] is True

    for options in ((), ("-d", "type"), ("-d", "site"), tuple(leaves[:3])):
        text, retained = told("retained", *options)
        named = [row.get("what", row.get("type", row.get("site"))) for row in retained.get("rows", retained.get("objects"))]
        assert len(named) > 1 and all(name in text for name in named)
    told("census", "-d", "type,site")

    text, threads = told("threads", "-v")
    frames = [frame for thread in threads["threads"] for frame in thread["frames"]]
    heads = [line.split()[1] for line in text.splitlines() if line.startswith("  #")]
    assert [frame["address"] for frame in frames] == heads and threads["threads"][0]["thread"] == run.pid
    main = next(frame for frame in frames if frame.get("function") == "main")
    assert main["image"].endswith(program) and int(main["offset"], 16) and main.get("values", "") in text
finally:
    run.kill()
