"""ask.py ALLOCS PROGRAM INSIDE OUTSIDE: runs PROGRAM, which describes addresses and prints chains, to INSIDE, and asks ALLOCS the same
about it, to OUTSIDE; mappings at the ends of chains are left out."""
import re
import subprocess
import sys

allocs, program, inside, outside = sys.argv[1:]
run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
try:
    lines = []
    for line in iter(run.stdout.readline, "ready\n"):
        if not line:
            sys.exit("it ended before it was ready")
        lines.append(line)
    described = [line.split(":")[0] for line in lines if re.match(r"0x[0-9a-f]+: ", line)]
    chains = [line.split(":")[0] for line in lines if re.match(r"0x[0-9a-f]+:$", line)]
    if not described or not chains:
        sys.exit("nothing was asked")
    told = ""
    for command, addresses in (("describe", described), ("chain", chains)):
        told += subprocess.run([allocs, command, str(run.pid), *addresses], text=True, capture_output=True, check=True).stdout
    told = [line for line in told.splitlines(True) if not re.match(r"  0x[0-9a-f]+ +[0-9]+  (mmap|brk|stack)\b", line)]
    open(inside, "w").writelines(lines)
    open(outside, "w").writelines(told)
finally:
    run.kill()
