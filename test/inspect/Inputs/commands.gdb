set pagination off
set confirm off
python
def parts(expression):
    told = [gdb.parse_and_eval(f"$alloc_{part}({expression})") for part in ("type", "size", "base")]
    same = "same" if int(told[2]) == int(gdb.parse_and_eval(f"(unsigned long)({expression})")) else "other"
    print(f"type {told[0]} size {told[1]} base {same}")

def go(program, reader):
    gdb.execute(f"file {program}")
    gdb.execute(f"source {reader}")
    gdb.execute("break pause")
    gdb.execute("run > /dev/null", to_string=True)
    gdb.execute("allocs first")
    gdb.execute("allocs chain (char *)*(void **)&first + 8")
    gdb.execute("allocs census -d size --top 2")
    gdb.execute("allocs find 'struct node' --top 1")
    gdb.execute("allocs why first")
    gdb.execute("allocs retained --top 1")
    gdb.execute("allocs retained first")
    parts("*(void **)&first")
    parts("&row")
    parts("(void *)1")
    try:
        gdb.execute("allocs find 'struct node' --where 'nope == 1'")
    except gdb.error as error:
        print("wrong:", error)
    gdb.execute(f"gcore {program}.core", to_string=True)
    gdb.execute("kill")
    gdb.execute(f"core-file {program}.core", to_string=True)
    print("of a core")
    gdb.execute("allocs describe first")
    parts("*(void **)&first")
end
