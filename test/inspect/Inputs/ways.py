"""ways.py ALLOCS PROGRAM: runs PROGRAM, which prints an address and is ready, and has ALLOCS describe what expressions lead to."""
import subprocess
import sys

allocs, program = sys.argv[1:]
run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
try:
    address = run.stdout.readline().strip()
    run.stdout.readline()
    for text in ("table.buckets[1]", "&table.buckets[1]", "table.buckets[1]->next->name[3]", "table.buckets[1]->next->next", "ADDR->next",
                 "&ADDR->next->number", "ADDR.number", "table.data->pairs[2].b", "table.rows[1].b", "table.tagged->number",
                 "--mask 7 table.tagged->number", "table.buckets[4]", "table.buckets[0]->next", "table.data->nothing", "table.buckets.next",
                 "table.buckets[1].next", "table.size->next", "table.bad->next", "tabel", "table.buckets[1", "table!"):
        done = subprocess.run([allocs, "describe", str(run.pid), *text.replace("ADDR", address).split(" ")], capture_output=True, text=True)
        said = done.stdout if done.returncode == 0 else done.stderr
        print(f"{text}: {said.split(': ', 1 if done.returncode == 0 else 2)[-1]}", end="")
finally:
    run.kill()
