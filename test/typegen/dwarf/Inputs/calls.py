"""calls.py TYPEGEN COMPILER OUT: calls.c, compiled in several ways, prints where its calls return to: a meta file tells line, function and file of
each of them."""
import json
import os
import subprocess
import sys

typegen, compiler, out = sys.argv[1:]
source = os.path.dirname(os.path.abspath(__file__)) + "/calls.c"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


for options in ("-O0", "-O2", "-Os", "-O3 -fno-plt", "-O1 -gdwarf-4", "-O2 -gdwarf-3", "-O0 -gdwarf-2", "-O2 -ffunction-sections",
                "-O2 -no-pie -fno-pie", "-O2 -gsplit-dwarf"):
    fixed = "-no-pie" in options
    subprocess.run([compiler, "-g", *options.split(), "-w", f"-DLOADED_FROM=(uintptr_t){0 if fixed else '__ehdr_start'}", source,
                    "-o", out], check=True, cwd=os.path.dirname(out))
    there = [line.split() for line in output(out).splitlines()]
    output(typegen, out, "-o", out + ".meta")
    output(typegen, "--check", out + ".meta")
    image, = json.loads(output(typegen, "--json", out + ".meta"))
    told = {call["returns_to"]: (calls["name"], call) for calls in image["calls"] for call in calls["calls"]}
    if len(there) < 14:
        sys.exit(f"{options}: too few calls: {there}")
    for address, line, function in there:
        code, call = told.get(int(address, 16), (None, None))
        file = "calls.h" if function == "in_header" else "calls.c"
        print(options, address, line, function, code, call)
        if not call or call["line"] != int(line) or call["function"] != function or os.path.basename(call["file"]) != file:
            sys.exit(f"{options}: not told so")
