# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""For gdb: `source allocs_gdb.py`, then `allocs EXPRESSION`, `help allocs`. Runs the program `allocs` on what gdb debugs, a process or a
core: nothing is called in it."""
import os
import re
import shutil
import subprocess

import gdb

# Beside this file, as it is installed; gdb tells the file's name only while it is read
INSTALLED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bin", "allocs")


def program():
    found = os.environ.get("ALLOCS_PROGRAM") or (INSTALLED if os.path.exists(INSTALLED) else shutil.which("allocs"))
    if not found:
        raise gdb.GdbError("allocs: the program is not in PATH")
    return found


def target():
    """The number of the process, or the path of the core."""
    core = re.search(r"core dump file:\s+`(.*)', file type", gdb.execute("info files", to_string=True))
    if core:
        return core.group(1)
    if not gdb.selected_inferior().pid:
        raise gdb.GdbError("allocs: no process and no core")
    return str(gdb.selected_inferior().pid)


def run(command, *arguments):
    done = subprocess.run([program(), command, target(), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise gdb.GdbError(done.stderr.strip().split("\n")[0])
    return done.stdout


def address_of(value):
    """Of a pointer where it leads, of anything else that is in memory where that is, else the number."""
    kind = value.type.strip_typedefs().code
    if kind in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_FUNC) and value.address is not None:
        value = value.address
    return hex(int(value.cast(gdb.lookup_type("unsigned long"))))


def evaluate(expression):
    """A variable without debug information is taken for a pointer, which is what one asks about."""
    try:
        value = gdb.parse_and_eval(expression)
        value.fetch_lazy()
        return value
    except gdb.error as error:
        if "unknown type" not in str(error):
            raise gdb.GdbError(str(error))
        return gdb.parse_and_eval(f"*(void **) &({expression})")


class Allocs(gdb.Command):
    """What memory is: allocs EXPRESSION prints what is at an address, and its values.
allocs census|leaks|retained|export [OPTIONS], allocs find TYPE [OPTIONS], allocs chain|why|describe|retained EXPRESSION: as the program's
commands.
$alloc_type(p), $alloc_base(p), $alloc_size(p): of the allocation that holds p."""

    def __init__(self):
        super().__init__("allocs", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        first, _, rest = argument.strip().partition(" ")
        if not first:
            raise gdb.GdbError("allocs: an expression, or a command: help allocs")
        if first in ("census", "leaks", "find", "export") or (first == "retained" and rest[:1] in ("", "-")):
            text = run(first, *gdb.string_to_argv(rest))
        elif first in ("chain", "why", "describe", "retained") and rest:
            text = run(first, address_of(evaluate(rest)))
        else:
            text = run("describe", address_of(evaluate(argument)), "-v")
        gdb.write(text)


def allocation(value):
    """Base, size and type of the innermost that is no subobject; None if the address is unknown."""
    for line in run("chain", address_of(value)).splitlines()[1:]:
        found = re.match(r"  (0x[0-9a-f]+) +(\d+)  [^.\[][^:]*(?:: (.*?))?(?:, [^ ,]+:\d+)?(?: in \S+\(\))?$", line)
        if found:
            return int(found.group(1), 16), int(found.group(2)), found.group(3)
    return None


def function(name, field, missing):
    """A convenience function that tells a part of the allocation."""

    class Function(gdb.Function):
        __doc__ = f"The {name[6:]} of the allocation that holds an address."

        def __init__(self):
            super().__init__(name)

        def invoke(self, value):
            found = allocation(value)
            return missing if not found or found[field] is None else found[field]

    Function()


Allocs()
function("alloc_base", 0, 0)
function("alloc_size", 1, 0)
function("alloc_type", 2, "(no type)")
