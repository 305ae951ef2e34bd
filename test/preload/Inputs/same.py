"""same.py ALLOCS-RUN FOLDER: runs commands with and without; prints those whose output, errors or status differ."""
import os
import shutil
import subprocess
import sys

run, folder = sys.argv[1].split(), sys.argv[2]
commands = """
ls -lR /usr/include/linux
seq 1 50000 | sort -R --random-source=/etc/passwd --parallel=4 -S 1M | sort -n --parallel=4 -S 1M
seq 1 100 | while read n; do echo $((n * n)); done; exit 9
find /etc -name '*.conf' 2>/dev/null | sort | xargs awk '{n++} END {print n}'
grep -rc include /usr/include/linux
tar cf - -C /usr/include linux | gzip -9n | cksum
perl -e 'my %h; $h{$_} = [$_] for 1..50000; print scalar(keys %h), "\\n"; exit 4'
python3 -c 'import json, subprocess; print(len(json.dumps([{"a": i} for i in range(50000)]))); print(subprocess.run("exit 5", shell=True).returncode)'
python3 -c 'import threading; t = [threading.Thread(target=lambda: [bytearray(n) for n in range(2000)]) for i in range(4)]; [x.start() for x in t]; [x.join() for x in t]'
python3 -c 'import os; os.kill(os.getpid(), 11)'
echo 'int main(void) { return 3; }' | gcc -O2 -g -o program -xc - && ./program
git --version
"""
wrong = ran = 0
for command in commands.strip().split("\n"):
    if not shutil.which(command.split()[0]) and command.split()[0] not in ("echo", "seq"):
        continue
    plain, told = (subprocess.run([*before, "bash", "-c", command], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL)
                   for before in ([], run))
    ran += 1
    if (plain.stdout, plain.stderr, plain.returncode) != (told.stdout, told.stderr, told.returncode):
        wrong += 1
        print(f"{command}: {plain.returncode} {told.returncode}: {told.stderr[:300]}")
sys.exit(wrong or ran < 8)
