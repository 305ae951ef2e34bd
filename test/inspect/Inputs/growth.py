"""growth.py ALLOCS PROGRAM FIRST SECOND: takes a snapshot of PROGRAM when it is ready, and another when it is again; prints the growth from
the first to the process as it is then, which is also that to the second."""
import subprocess
import sys

allocs, program, first, second = sys.argv[1:]
run = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
try:
    run.stdout.readline()
    subprocess.run([allocs, "snapshot", str(run.pid), "--no-contents", "-o", first], check=True)
    run.stdin.write("\n")
    run.stdin.flush()
    run.stdout.readline()
    subprocess.run([allocs, "snapshot", str(run.pid), "--no-contents", "-o", second], check=True)
    grown = [subprocess.run([allocs, "diff", first, of], text=True, capture_output=True, check=True).stdout for of in (str(run.pid), second)]
    if grown[0] != grown[1]:
        sys.exit("the process and its snapshot differ")
    print(grown[0], end="")
finally:
    run.kill()
