"""Which tests should notice a fault in which room: regular expressions over the tests' names.

Tests that name the file itself, in their first lines, are asked before those of its room, and these before all others.
So this table makes a run quick; it hides nothing but slow tests of other rooms."""

ROOMS = {
    "runtime/arch": r"unit/(arch|heapindex|unwind|cfi|os_linux)|runtime/(stack|tls|threads)/|cross/",
    "runtime/os": r"unit/(os_|cfi|unwind)|runtime/(mappings|threads|files|images|query)/",
    "runtime/ground": r"unit/(text|options|type|races|readers|sort|arena)|runtime/(options|images|query)/|e2e/every-shape",
    "runtime/types": r"unit/(type|typename|subobject|begins|record)|runtime/types/|e2e/answers",
    "runtime/bytes": r"unit/(image_bytes|record|cfi|calls|segments|elf_|dynamic_|notes|memory)|fuzz/|typegen/|runtime/(images|statics|files)/",
    "runtime/unwind": r"unit/(cfi|unwind)|fuzz/unwinder|runtime/stack/",
    "runtime/image": r"unit/(extents|image)|fuzz/tables|runtime/(images|statics|files|types)/|e2e/(answers|every)",
    "runtime/heap": r"unit/(heap|early|block|sitemade|origin)|runtime/(heap|images|cost)/|e2e/(no-answer|answers)|plugin/sites/",
    "runtime/arenas": r"unit/(arena|packed|pools|part_index)|runtime/arenas/",
    "runtime/mapping": r"unit/(regions|map)|runtime/(mappings|operations)/|e2e/(no-answer|every-mapped)",
    "runtime/stack": r"unit/(auxv|threadstack)|runtime/(stack|threads|tls|auxv)/|e2e/no-answer",
    "runtime/answers": r"unit/(kinds|parts)|runtime/(query|walks|operations|types|heap|statics|kinds|cost)/|api/|demo/|e2e/",
    "runtime/doors": r"runtime/(heap|mappings|threads|images|stack|options)/|unit/heap|e2e/every-shape|plugin/links/",
    "plugin": r"plugin/|typegen/|api/|runtime/(statics|heap|stack)/|limits/|e2e/",
    "typegen": r"typegen/|inspect/|preload/",
    "typegen/ground": r"unit/diag|typegen/|inspect/what-cannot",
    "typegen/elf": r"unit/(links|thinarchive)|typegen/|fuzz/typegen",
    "typegen/model": r"typegen/|fuzz/typegen",
    "typegen/read": r"unit/(record|links)|typegen/|fuzz/typegen",
    "typegen/dwarf": r"unit/typemerge|typegen/dwarf/|meta/",
    "typegen/write": r"unit/(cname|order|texts|jsontext|record)|typegen/|meta/",
    "typegen/target": r"inspect/",
    "typegen/inspect": r"unit/(domin|rows)|inspect/",
    "typegen/run": r"unit/runfile|preload/|meta/",
}
# The form of the sources, other people's programs, and what is in no room
NOT_ASKED = r"layout/|real/|packaging/"


def room_of(path):
    """Rooms are the folders of runtime/ and typegen/, what lies in typegen/ itself, and plugin."""
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]
