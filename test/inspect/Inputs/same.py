"""same.py ALLOCS PROGRAM: runs PROGRAM, which for each of many addresses prints "D ADDRESS: description" and what encloses it, and asks
ALLOCS the same about it, or, with CORE=gcore or CORE=snapshot in the environment, about a core or snapshot; what is told of locals of functions that have returned
since is passed over, and how many answers are the same is printed."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

allocs, program = sys.argv[1:]
folder = tempfile.mkdtemp(dir=os.path.dirname(os.path.abspath(program)))
run = subprocess.Popen([program, "an argument"], stdout=subprocess.PIPE, text=True)
try:
    text = []
    for line in iter(run.stdout.readline, "ready\n"):
        if not line:
            sys.exit("it ended before it was ready")
        text.append(line)
    target = str(run.pid)
    if os.environ.get("CORE") == "gcore":
        subprocess.run(["gcore", "-o", f"{folder}/core", target], capture_output=True)
        target = f"{folder}/core.{target}"
    if os.environ.get("CORE") == "snapshot":
        subprocess.run([allocs, "snapshot", target, "-o", f"{folder}/snapshot"], check=True)
        target = f"{folder}/snapshot"
        run.kill()
        run.wait()
    asked = re.findall(r"^D (0x[0-9a-f]+): (.*)\n(0x[0-9a-f]+:.*\n(?:  .*\n)*)", "".join(text), re.M)
    told, bad = 0, []
    for address, line, chain in asked:
        outside = subprocess.run([allocs, "describe", target, address], text=True, capture_output=True, check=True).stdout
        chain_outside = subprocess.run([allocs, "chain", target, address], text=True, capture_output=True, check=True).stdout
        if outside != f"{address}: {line}\n":
            bad.append(f"inside:  {address}: {line}\noutside: {outside}")
        if chain_outside != chain:
            bad.append(f"inside:  {chain}outside: {chain_outside}")
    print("\n".join(bad))
    print(f"{len(asked)} asked, {len(bad)} differ")
    sys.exit(not asked or bool(bad))
finally:
    run.kill()
    shutil.rmtree(folder, ignore_errors=True)
