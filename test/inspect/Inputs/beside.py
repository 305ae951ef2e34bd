"""beside.py PROGRAM INSIDE COMMAND...: runs PROGRAM, writes what it says to INSIDE until it says `ready`, then runs COMMAND beside it,
TARGET being its number, and ends both. Environment: CORE=gcore, kernel: TARGET is a core file instead, made by gdb, or by the kernel,
once the program has got a signal that it does not expect. Exit status: COMMAND's."""
import glob
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

program, inside, *command = sys.argv[1:]
core = os.environ.get("CORE")
folder = tempfile.mkdtemp(dir=os.path.dirname(os.path.abspath(inside)))
if core == "kernel":
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
run = subprocess.Popen(program.split(), stdout=subprocess.PIPE, text=True, cwd=folder)
try:
    with open(inside, "w") as file:
        for line in iter(run.stdout.readline, "ready\n"):
            if not line:
                sys.exit(f"{program} ended before it was ready")
            file.write(line)
    target = str(run.pid)
    if core == "gcore":
        made = subprocess.run(["gcore", "-o", f"{folder}/core", target], capture_output=True, text=True)
        target = f"{folder}/core.{target}"
        if not os.path.exists(target):
            sys.exit(made.stderr)
    if core == "kernel":
        run.send_signal(signal.SIGABRT)
        run.wait()
        target = glob.glob(f"{folder}/core*")[0]
    ended = subprocess.run([target if word == "TARGET" else word for word in command])
    if not core and run.poll() is not None:
        sys.exit(f"{program} ended meanwhile")
    status = open(f"/proc/{run.pid}/status").read() if not core else ""
    if "State:\tT" in status or "State:\tt" in status:
        sys.exit(f"{program} does not go on")
    sys.exit(ended.returncode)
finally:
    run.kill()
    shutil.rmtree(folder, ignore_errors=True)
