"""snapshot.py ALLOCS PROGRAM SNAPSHOT: runs PROGRAM, writes a SNAPSHOT of it, and compares what commands say of both."""
import os
import re
import subprocess
import sys

allocs, program, snapshot = sys.argv[1:]
run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)


def tell(command, target, *options):
    done = subprocess.run([allocs, command, target, *options], capture_output=True, text=True, check=True)
    return done.stdout


try:
    node = ""
    for line in iter(run.stdout.readline, "ready\n"):
        node = node or (re.match(r"D (0x[0-9a-f]+): heap ", line) or [None, ""])[1]
    commands = [["census"], ["census", "-d", "site,size"], ["threads", "-v"], ["leaks"], ["find", "struct node", "--where", "value == 7"],
                ["why", node], ["describe", node, "-v"]]
    alive = [tell(c[0], str(run.pid), *c[1:]) for c in commands]
    subprocess.run([allocs, "snapshot", str(run.pid), "-o", snapshot], check=True)
    resident = int(re.search(r"VmRSS:\s+(\d+) kB", open(f"/proc/{run.pid}/status").read())[1]) * 1024
    run.kill()
    run.wait()
    assert resident > os.path.getsize(snapshot), "it is no smaller"
    for command, before in zip(commands, alive):
        after = tell(command[0], snapshot, *command[1:])
        if not before.strip() or before != after:
            sys.exit(f"{command} of the process:\n{before}of its snapshot:\n{after}")
    assert "sum: " in tell("census", snapshot, "--rss")
finally:
    run.kill()
