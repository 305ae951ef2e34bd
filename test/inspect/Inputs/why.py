"""why.py ALLOCS PROGRAM: runs PROGRAM, which prints two addresses and is ready, and asks ALLOCS why these are held."""
import subprocess
import sys

allocs, program = sys.argv[1:]
run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
try:
    addresses = [run.stdout.readline().strip() for _ in range(2)]
    run.stdout.readline()
    subprocess.run([allocs, "why", str(run.pid), *addresses], check=True)
finally:
    run.kill()
