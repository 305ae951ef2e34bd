"""resident.py ALLOCS PROGRAM: runs PROGRAM until it is ready, and compares what ALLOCS says of its memory with the kernel's account."""
import json
import os
import re
import signal
import subprocess
import sys

allocs, program = sys.argv[1:]
run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True, start_new_session=True)
try:
    run.stdout.readline()
    kernel = int(re.search(r"Rss: +(\d+) kB", open(f"/proc/{run.pid}/smaps_rollup").read())[1]) * 1024
    told = json.loads(subprocess.run([allocs, "census", str(run.pid), "--rss", "--format", "json"], capture_output=True, check=True).stdout)
    after = int(re.search(r"Rss: +(\d+) kB", open(f"/proc/{run.pid}/smaps_rollup").read())[1]) * 1024
    text = subprocess.run([allocs, "census", str(run.pid), "--rss", "--top", "3"], capture_output=True, check=True, text=True).stdout
    rows = {row["what"]: row["bytes"] for row in told["rows"]}
    print(json.dumps(rows, indent=1))
    assert told["resident"] == kernel, (kernel, told["resident"])
    assert sum(rows.values()) == kernel and len(rows) == len(told["rows"])
    assert f"sum: {after} bytes\n" in text and text.count("\n") == 7, text
    assert rows["mapping without a name, by mmap() in touch_some()"] == 20 * 4096
    assert sum(n for what, n in rows.items() if "by mmap() in map_others()" in what) == 12 * 4096
    assert 1000000 <= rows["heap blocks"] < 1300000
    assert 50000 <= max(n for what, n in rows.items() if re.search(r"stack of thread \d+", what)) < 70000
    assert 60000 <= sum(n for what, n in rows.items() if what == f"{os.path.realpath(program)}: variables") < 300000
finally:
    os.killpg(run.pid, signal.SIGKILL)
