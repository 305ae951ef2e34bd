"""damaged.py ALLOCSCC CLANG TYPEGEN: in the folder where it runs, what typegen says of files of sites that are wrong; and that none of many that
are damaged anywhere makes it crash, or leave a meta file that it finds wrong itself."""
import glob
import os
import random
import subprocess
import sys

allocscc, clang, typegen = sys.argv[1:]
with open("prog.c", "w") as source:
    source.write("""#include <stdlib.h>
struct node { struct node *next; int (*call)(char *, ...); };
struct flexible { int n; double tail[]; };
int main(void) {
  void *volatile p = malloc(sizeof(struct node));
  p = calloc(3, sizeof(struct node *));
  struct flexible *f = malloc(sizeof *f + 3 * sizeof(double));
  p = f;
  int (**calls)(char *, ...) = malloc(4 * sizeof *calls);
  p = calls;
  struct node *header = malloc(sizeof *header + 7 * sizeof(int));
  p = header;
  return !p;
}
""")
subprocess.run([clang, "-g", "prog.c", "-o", "prog"], check=True)
subprocess.run([allocscc, "--sites-only=sites", "-fsyntax-only", "prog.c"], check=True)
whole = open(glob.glob("sites/*.sites")[0]).read()
head = "allocs-sites 1\nfolder /\nunit a.c\n"
failed = False


def run(text):
    with open("damaged", "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    if os.path.exists("meta"):
        os.remove("meta")
    return subprocess.run([typegen, "prog", "--sites", "damaged", "-o", "meta"], capture_output=True, text=True)


def expect(done, said):
    global failed
    if done.returncode != 1 or done.stdout or done.stderr.splitlines()[:1] != [said] or os.path.exists("meta"):
        print(f"expected: {said}\n     got: {done.returncode} {done.stderr}")
        failed = True


for text, said in [
    ("", "damaged:0: a unit without a name"),
    ("hello\n", "damaged:1: no list of sites: these begin with allocs-sites"),
    ("allocs-sites 2\n", "damaged:1: of another version: this typegen reads 1"),
    ("allocs-sites 1\nunit a.c\n", "damaged:2: a unit has one name, behind its folder"),
    ("allocs-sites 1\nfolder /\ntype void\n", "damaged:3: the unit's name is to come first"),
    ("allocs-sites 1\nfolder /\n", "damaged:2: a unit without a name"),
    (head + "type void", "damaged:4: the line does not end, or has a zero in it"),
    (head + "type void\0\n", "damaged:4: the line does not end, or has a zero in it"),
    (head + "type wide\n", "damaged:4: no kind of type"),
    (head + "type pointer 0\n", "damaged:4: no type before has this number"),
    (head + "type void\ntype pointer 1\n", "damaged:5: no type before has this number"),
    (head + "type base 99 4 32\n", "damaged:4: no encoding"),
    (head + "type base 5 4 thirty\n", "damaged:4: no number, or too large a one"),
    (head + "type base 5 99999999999999999999999999 32\n", "damaged:4: no number, or too large a one"),
    (head + "type struct 12 8 s\n", "damaged:4: a key has 16 hexadecimal digits"),
    (head + "type struct 0123456789abcdef 8 s more\n", "damaged:4: more words than there should be"),
    (head + "type base 5 4 32\ntype array 0 9000000000000000000\n", "damaged:5: the array is too large"),
    (head + "type void\ntype function 0 many\n", "damaged:5: fixed, variadic or unknown"),
    (head + "type void\n" + "".join(f"type pointer {i}\n" for i in range(70)), "damaged:69: the type is made of too many"),
    (head + "site 1 1 main malloc unknown none - - 0\n", "damaged:4: a site before the name of its file"),
    (head + "file a.c\nsite 1 1 main malloc round none - - 0\n", "damaged:5: no shape, or no rule"),
    (head + "file a.c\nsite 1 1 main malloc object size - - 0\n", "damaged:5: a shape without type, or a type without shape"),
    (head + "file a.c\nsite 1 1 main malloc object size 0 - 0\n", "damaged:5: no type before has this number"),
    (head + "file a.c\nsite 1 1 main\n", "damaged:5: a word is missing"),
    (head + "file \n", "damaged:4: a path is missing"),
    (head + "more\n", "damaged:4: no such line: allocs-sites, folder, unit, type, file, site"),
]:
    expect(run(text), said)

done = run(whole)
if done.returncode or done.stderr != "prog: sites: 5 of 5 with a type told, at 5 calls\n":
    print("the whole file:", done)
    failed = True
os.mkdir("empty")
for path, said in [("nowhere", "nowhere: No such file or directory"), ("empty", "empty: no files that end in .sites")]:
    os.path.exists("meta") and os.remove("meta")
    expect(subprocess.run([typegen, "prog", "--sites", path, "-o", "meta"], capture_output=True, text=True), said)
expect(subprocess.run([typegen, "--dump", "--sites", "sites", "prog"], capture_output=True, text=True),
       "typegen: --symbols and --sites go together with -o only")

chance = random.Random(1)
made = 0
for _ in range(300):
    text = bytearray(whole.encode())
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(text))
        text[at:at + chance.randrange(3)] = bytes([chance.choice(b" \n-0123456789abcpstu")])
    done = run(bytes(text))
    if done.returncode not in (0, 1) or (done.returncode == 1) == os.path.exists("meta"):
        print(bytes(text).decode(), done)
        failed = True
    if done.returncode == 0:
        made += 1
        failed |= subprocess.run([typegen, "--check", "meta"]).returncode != 0
if not 10 < made < 290:
    print(f"{made} of 300 were made")
    failed = True
sys.exit(failed)
