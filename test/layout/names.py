"""Fail if a function between files does not bear its file's name, or is not declared in its file's header: names.py <root of the
runtime> <nm -A of its objects>. What is said to be so otherwise has its reason here."""
import glob, os, re, sys

root, nm = sys.argv[1:]
# Headers that declare what other files define, and whose they are besides
also = {
    "hooks": {"hook_next_map", "hook_next_thread", "hook_next_end"},      # doors name each other by what links ask for
    "cfi": {"cfi_run", "cfi_value"},                     # one reader of unwind tables, in three files
    "image": {"image_tables"},                           # what images have, tables among it
    "type_table": {"type", "type_keys"},                 # the table of all types, for who makes some
    "map_regions_index": {"map_regions"}, # how it is kept
    "heap_index_find": {"heap_index"},                   # inline, for hot paths
    "witness": {"statics", "loaded_files", "blocks", "mapping", "thread", "stack", "tls", "auxv"},  # what each kind of memory lends
}
# Declared by macros, for each row of a list
made = {"record", "describe"}
# Names by another word than the file's
named = {
    "image_tables": r"allocs_image_\w+",                  # as above
    "record": r"allocs_(read|next|type|frame|literal|entry|target)\w*",  # made of the list of records, named by what is read
    "heap_index_find": r"allocs_heap_index_\w+",
    "x86_64": r"allocs_arch_\w+", "aarch64": r"allocs_arch_\w+",  # arch.h takes one of them
    "elf_headers": r"allocs_(memory|source_read)",       # the two sources of an image's bytes
    "symbol_table": r"allocs_symtab\w*",
    "memory_kinds": "allocs_memory_walk_init",
    "base": "allocs_(round_up|same_text)",               # what any file may use
}

headers = {os.path.basename(p)[:-2]: open(p).read() for p in glob.glob(f"{root}/**/*.h", recursive=True)}
code = {h: re.sub(r"/\*.*?\*/", "", text, flags=re.S) for h, text in headers.items()}
bad, looked_at = [], 0


def is_named(symbol, file):
    return symbol == f"allocs_{file}" or symbol.startswith(f"allocs_{file}_") or re.fullmatch(named.get(file, "-"), symbol)


def declares(header, symbol):
    if re.search(rf"^[A-Za-z].*[ *]{symbol}[(\[; ]", code.get(header, ""), re.M):
        return True
    by_list = re.search(r"(allocs_\w+_)##name", code.get(header, ""))
    return bool(by_list) and symbol.startswith(by_list.group(1))


for line in open(nm):
    m = re.match(r".*?([\w-]+)\.c\.o:\s*[0-9a-f]*\s+([A-Z])\s+(allocs_\w+)$", line)
    if not m or m.group(2) in "UWV":
        continue
    file, _, symbol = m.groups()
    looked_at += 1
    if not is_named(symbol, "os" if file.startswith("os_") else file):
        bad.append(f"{file}.c defines {symbol}")
    own = {"os" if file.startswith("os_") else file} | {header for header, files in also.items() if file in files}
    if file not in made and not any(declares(header, symbol) for header in own):
        bad.append(f"{' or '.join(sorted(own))}.h does not declare {symbol}")
for header, text in code.items():
    for symbol in re.findall(r"^static inline[^;{]*?[ *](allocs_\w+)\(", text, re.M):
        looked_at += 1
        if not is_named(symbol, header):
            bad.append(f"{header}.h defines {symbol}")
if looked_at < 100:
    bad.append("nothing was looked at")
print("\n".join(sorted(set(bad))))
sys.exit(bool(bad))
