"""why.py ALLOCS PROGRAM [COMMAND [OPTION...]]: runs PROGRAM, which prints two addresses and is ready, and asks ALLOCS why these are held, or COMMAND."""
import subprocess
import sys

allocs, program, *command = sys.argv[1:]
command, *options = command or ["why"]
run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
try:
    addresses = [run.stdout.readline().strip() for _ in range(2)]
    run.stdout.readline()
    subprocess.run([allocs, command, str(run.pid), *addresses, *options], check=True)
finally:
    run.kill()
