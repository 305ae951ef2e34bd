"""values.py ALLOCS PROGRAM: runs PROGRAM, which prints an address and is ready, and has ALLOCS print the object there, and those that its
pointers lead to."""
import subprocess
import sys

allocs, program = sys.argv[1:]
run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
try:
    address = run.stdout.readline().strip()
    run.stdout.readline()
    subprocess.run([allocs, "describe", str(run.pid), address, "-v", "--depth", "1"], stderr=subprocess.DEVNULL, check=True)
finally:
    run.kill()
