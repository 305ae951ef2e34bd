"""exported.py ALLOCS PROGRAM FOLDER: runs PROGRAM until it says `ready`, and has ALLOCS export its heap into files in FOLDER, called by their
forms; also what it says of retained sizes and a census, as retained.json and census.json, and snapshots."""
import os
import subprocess
import sys

allocs, program, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
try:
    for line in iter(run.stdout.readline, "ready\n"):
        if not line:
            sys.exit("it ended before it was ready")
    for form in ("heapsnapshot", "pprof", "collapsed", "html"):
        subprocess.run([allocs, "export", str(run.pid), "--format", form, "-o", f"{folder}/{form}"], check=True)
    subprocess.run([allocs, "export", str(run.pid), "--format", "heapsnapshot", "-o", f"{folder}/again"], check=True)
    subprocess.run([allocs, "snapshot", str(run.pid), "-o", f"{folder}/snapshot"], check=True)
    subprocess.run([allocs, "snapshot", str(run.pid), "--no-contents", "-o", f"{folder}/counts"], check=True)
    for name, command in (("retained", ["retained", str(run.pid), "--top", "1000"]), ("census", ["census", str(run.pid), "-d", "type,site"])):
        with open(f"{folder}/{name}.json", "w") as out:
            subprocess.run([allocs, *command, "--format", "json"], stdout=out, check=True)
finally:
    run.kill()
