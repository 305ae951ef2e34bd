# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""add.py ROOT CELLS: adds the kind `cells` to the runtime in ROOT, as docs/architecture.md says."""
import re
import shutil
import sys

root, cells = sys.argv[1:]


def replace(name, pattern, text):
    path = f"{root}/runtime/{name}"
    before = open(path).read()
    after = re.sub(pattern, text, before, count=1, flags=re.M)
    if after == before:
        raise SystemExit(f"{path} has no {pattern}")
    open(path, "w").write(after)


# 1 its file
shutil.copy(cells, f"{root}/runtime/mapping/cells.c")
# 2 its row, and its place in the order
replace("answers/memory_kinds.def", r"^ALLOCS_MEMORY\(brk,",
        r"ALLOCS_MEMORY(cells, IN(mmap), NONE, NULL, allocs_describe_cell, NULL, ALLOCATES)\n\g<0>")
replace("answers/memory_kinds.def", r"^ALLOCS_ASK_LAST\(.*allocs_mapping_find",
        r"ALLOCS_ASK_LAST(true, ASK(cells))\n\g<0>")
# 3 its name
replace("LAYERS", r"^mapping:.*", r"\g<0> cells")
