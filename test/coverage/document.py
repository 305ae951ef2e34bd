# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""The tables of a document, each between markers of its own."""
import re


def put(path, name, table):
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = open(path).read()
    with open(path, "w") as file:
        file.write(re.sub(re.escape(begin) + ".*" + re.escape(end), lambda _: f"{begin}\n\n{table}\n\n{end}", text,
                          flags=re.S))
