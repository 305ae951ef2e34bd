"""goes-on.py PROGRAM ALLOCS: looks at PROGRAM many times, ending ALLOCS in the middle, and sends it signals; each time its threads must
have gone on."""
import random
import signal
import subprocess
import sys
import time

program, allocs = sys.argv[1:]
run = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
sent = killed = 0


def ask():
    run.stdin.write("\n")
    run.stdin.flush()
    return [int(n) for n in run.stdout.readline().split()]


try:
    before = ask()
    for i in range(30):
        tool = subprocess.Popen([allocs, "census", str(run.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + random.random() * 0.02
        while time.monotonic() < until or i % 3 and tool.poll() is None:
            run.send_signal(signal.SIGRTMIN)  # one that waits in line
            sent += 1
            time.sleep(0.0001)
        if i % 3 == 0:
            killed += tool.poll() is None
            tool.send_signal([signal.SIGKILL, signal.SIGINT, signal.SIGTERM][i // 3 % 3])
        elif tool.wait() != 0:
            sys.exit("the census failed")
        tool.wait()
        for _ in range(100):
            after = ask()
            if all(a > b for a, b in zip(after[:3], before[:3])) and after[3] == sent:
                break
            time.sleep(0.05)
        else:
            sys.exit(f"it does not go on: {before} {after}, of {sent} signals")
        before = after
    if not killed:
        sys.exit("no tool was ended in the middle")
finally:
    run.kill()
