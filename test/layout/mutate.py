"""mutate.py ROOT: test/mutate/harmless lists what can be planted, with reasons."""
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(sys.argv[1], "test", "mutate"))

import faults

count = len(faults.harmless(sys.argv[1], faults.sources(sys.argv[1])))
with open(os.path.join(sys.argv[1], "test", "mutate", "harmless")) as file:
    text = re.sub(r"^#.*\n|^\n", "", file.read(), flags=re.M)
if not re.fullmatch(r"((\S.*\n)+(  .*\n)+)+", text):
    sys.exit("test/mutate/harmless: no reason is given")
sys.exit(count == 0)
