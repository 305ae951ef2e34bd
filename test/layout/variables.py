"""Fail if one room's variable is seen by another without a reason: variables.py <root of the runtime>.

The reason stands in the comment before the declaration, after the words `A variable, since`."""
import glob, os, re, sys

root = sys.argv[1]
allowed = {  # what malloc and queries read on each call
    "allocs_heap_map", "allocs_heap_beneath", "allocs_recent_blocks", "allocs_caller_origins_recent", "allocs_origin_table",
    "allocs_image_executable",
    "allocs_unwind_rule_cache", "allocs_thread_stack_anywhere", "allocs_thread_stop_any", "allocs_tls_loader",
    "allocs_arenas_any", "allocs_asking_heapless",
    # what links name, and readers from outside
    "__allocs_hooks_next", "__allocs_hooks_wrap", "__allocs_hooks_none", "__allocs_root",
    "allocs_auxv_layout", "allocs_thread_list", "allocs_map_regions_state", "allocs_arena_table_state", "allocs_part_index_stretches"}
bad, seen = [], set()
for path in glob.glob(f"{root}/**/*.[ch]", recursive=True) + glob.glob(f"{root}/**/*.def", recursive=True):
    text, name = open(path).read(), os.path.relpath(path, root)
    # A declaration up to its semicolon, with a struct's members, and the comment on the lines before it
    for m in re.finditer(r"(?:(/\*(?:(?!\*/).)*\*/)\n)?^extern ((?:\{[^}]*\}|[^;{])*);", text, re.M | re.S):
        comment, declaration = m.group(1) or "", re.sub(r"__attribute__\(\(.*?\)\)\)?|\[.*?\]|\{[^}]*\}", "", m.group(2), flags=re.S)
        if "(" in declaration or declaration.startswith('"C"'):
            continue
        variable = declaration.split()[-1].strip("*")
        if not re.match(r"(__)?allocs_", variable):
            continue
        if name.endswith(".h"):
            seen.add(variable)
            if variable not in allowed:
                bad.append(f"{name}: {variable} is seen by all; make it a function")
            elif "A variable, since" not in " ".join(comment.split()) and not variable.startswith("__allocs_hooks"):
                bad.append(f"{name}: no comment says why {variable} is a variable")
        elif not variable.startswith("__allocs_"):
            bad.append(f"{name}: {variable} is declared outside a header")
bad += [f"{variable} is no longer there" for variable in allowed - seen]
print("\n".join(sorted(bad)))
sys.exit(bool(bad))
