"""frames.py TYPEGEN COMPILER OUT: frames.c, compiled in several ways, prints where its locals are; each that a meta file tells is there,
and it tells at least those that it told when this was written."""
import os
import re
import subprocess
import sys

typegen, compiler, out = sys.argv[1:]
source = os.path.dirname(os.path.abspath(__file__)) + "/frames.c"
at_least = 9


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


for options in ("-O0", "-O1", "-O2", "-Os", "-O2 -fno-omit-frame-pointer", "-O0 -gdwarf-2", "-O2 -gdwarf-3", "-O2 -gdwarf-4"):
    subprocess.run([compiler, "-g", *options.split(), "-w", source, "-o", out], check=True)
    there = dict(line.split() for line in output(out).splitlines())
    subprocess.run([typegen, out, "-o", out + ".meta"], check=True)
    subprocess.run([typegen, "--check", out + ".meta"], check=True)
    told = re.findall(r"^  .*?(\w+)(?:\[\d+\])?; /\* rbp([-+]\d+),", output(typegen, "--dump", out + ".meta"), re.M)
    right = 0
    for name, offset in told:
        if name in there:
            print(options, name, offset, "should be " + there[name] if int(offset) != int(there[name]) else "")
            right += int(offset) == int(there[name]) or sys.exit("a local is elsewhere")
    if right < at_least:
        sys.exit(f"{options}: {right} of {len(there)} locals are told")
