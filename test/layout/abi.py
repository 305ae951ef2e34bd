"""abi.py ROOT: docs/abi.md tells of every record what include/allocs/records.def does: fields, their order and form, under
which condition they are there, offsets and sizes of the structs; and of every table its section and alignment."""
import re
import sys

root = sys.argv[1]
description = open(f"{root}/include/allocs/records.def").read()
document = open(f"{root}/docs/abi.md").read()

# How the document calls forms, conditions, and fields: each word is in the row of the field.
sizes = {name: int(re.sub(r"\D", "", c_type)) // 8
         for name, c_type in re.findall(r"ALLOCS_(?:FIXED|OFFSET)_FORM\((\w+), (\w+)\)", description)}
refs = re.findall(r"ALLOCS_REF_FORM\((\w+)\)", description)
forms = {"u64": "8 bytes", "frame_offset": "4 bytes", "step": "uint", "signed_step": "uint"}
forms.update({name: "uint" for name in re.findall(r"ALLOCS_NUMBER_FORM\((\w+),", description)})
forms.update({name: {"text": "text", "slot": "slot"}.get(name, "ref") for name in refs})
forms.update({name: "byte" for name, size in sizes.items() if size == 1})
notes = {"bound": "+ 1", "zigzag": "zigzag", "step": "2 ×", "signed_step": "4 ×"}
conditions = {
    "it->flags & ALLOCS_TYPE_VECTOR": "if a vector",
    "it->flags & ALLOCS_MEMBER_ALIAS": "if it has an alias",
    "it->flags & ALLOCS_STATIC_ALIAS": "if it has an alias",
    "it->flags & ALLOCS_LOCAL_ALIAS": "if it has an alias",
    "it->flags & ALLOCS_LOCAL_INLINED": "if it was inlined",
    "it->flags & ALLOCS_STATIC_IN_FUNCTION": "if a static local",
    "!allocs_static_is(it->flags, ALLOCS_STATIC_COMPOUND_LITERAL)": "unless a compound literal",
    "!allocs_static_is(it->flags, ALLOCS_STATIC_FUNCTION)": "unless a function",
    "it->flags & ALLOCS_LITERALS_COUNTED": "if it is told",
    "!(it->flags & ALLOCS_FRAME_OWN)": "unless it tells itself",
    "it->flags & ALLOCS_FRAME_OWN": "if it tells itself",
    "it->flags & ALLOCS_FRAME_DYNAMIC": "if it has dynamic blocks",
    "it->flags & ALLOCS_CALL_FILE": "if the file is another",
    "it->flags & ALLOCS_CALL_FUNCTION": "if the function is another",
}
words = {"address": "to", "callee": "function called", "code": "function", "entry/value": "value", "nothing": "byte 0",
         "type/count": "of", "n_entries": "uint n", "reserved": "0", "offset_at": "4 bytes in code", "bit_offset": "bit offset",
         "type/target": "type", "local/offset": "from the frame pointer", "entry/offset": "distance", "flags": "",
         "literals/n": "number", "literals/type": "type of one element", "alias": "typedef name", "dynamic": "newest",
         "record": "record among the statics", "literal/count": "number of elements", "file": "source file",
         "frame/code": "entry", "calls/code": "begins", "literals/flags": "numbers", "static/flags": "variable", "frame/flags": "tells itself"}


def records():
    """Of each record, or kind in it, the fields: (record, condition, form, name)."""
    found, now = {}, None
    for macro, arguments in re.findall(r"^ALLOCS_(\w+)\((.*?)\) *(?:/\*.*)?$", description, re.M):
        parts = [part.strip() for part in arguments.split(", ")]
        if macro == "RECORD":
            record, now = parts[0], found.setdefault(parts[0], [])
        elif macro == "CASE":
            now = found.setdefault(f"{parts[0]} {parts[1]}", [])
        elif macro in ("FIELD", "PART", "STEP"):
            now.append((record, None, *parts))
        elif macro == "OBJECT":
            now.append((record, None, "object", parts[0]))
        elif macro in ("FIELD_IF", "PART_IF"):
            now.append((record, ", ".join(parts[:-2]), *parts[-2:]))
    return found


def section(title, part=0):
    """The rows of the part-th table under a heading."""
    text = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", document, re.M | re.S).group(1)
    tables = re.findall(r"(?:^\|.*\n)+", text, re.M)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in tables[part].splitlines()[2:]]


def kinds():
    """Of each kind of type the fields, as rows of the form and the rest."""
    return {row[0]: [re.match(r"(8 bytes|\w+) ?(.*)", field.strip()).groups() for field in row[1].split(";")]
            for row in section("Types", 1)}


bad = []


def compare(what, rows, fields, struct=False):
    if len(rows) != len(fields):
        bad.append(f"{what}: {len(rows)} fields in abi.md, {len(fields)} in records.def")
    offset = 0
    for row, (record, condition, form, name) in zip(rows, fields):
        told, text = (row[0], row[1]) if not struct else (row[:2], row[2])
        size = sizes.get(form, 4)
        wanted = [str(offset), str(size)] if struct else forms[form]
        offset += size
        if told != wanted:
            bad.append(f"{what}: {name} is told as {told}, should be {wanted}")
        said = f"{told} {text}"
        if struct and forms.get(form) in ("ref", "text", "slot") and not re.match(forms[form], text):
            bad.append(f"{what}: {name} does not begin with {forms[form]}: {text}")
        for word in (words.get(f"{record}/{name}", words.get(name, name)), notes.get(form, "")):
            if word not in said:
                bad.append(f"{what}: the row of {name} says nothing of '{word}': {said}")
        if forms.get(form) == "uint" and bool(re.search(r"\+ 1(?! if)", said)) != (form == "bound") or \
                ("zigzag" in said) != (form in ("zigzag", "signed_step")):
            bad.append(f"{what}: {name} is no {form}, as the row says: {said}")
        if condition and conditions[condition] not in said:
            bad.append(f"{what}: {name} is there {conditions[condition]}, which the row does not say: {said}")
        stray = [c for c in set(conditions.values()) if c in said and c != conditions.get(condition)]
        if stray and not (form.endswith("step") or name == "flags"):
            bad.append(f"{what}: {name} is not there {stray[0]}, as the row says: {said}")
    return offset


fields = records()
for title, record in ("Sites", "site"), ("Thread-locals", "tls"):
    size = compare(title, section(title), fields[record], True)
    if f"\n{size} bytes.\n" not in document:
        bad.append(f"{title}: {size} bytes are not told")
compare("types", [row for row in section("Types")][1:3], fields["type"])
names = {"VOID": "void", "BASE": "base type", "ADDRESS": "pointer", "ARRAY": "array", "SUBPROGRAM": "function",
         "ENUMERATION": "enumeration", "COMPOSITE": "composite"}
for kind, name in names.items():
    rows, repeated = kinds()[name], fields.get(f"entry {kind}", [])
    if kind == "SUBPROGRAM":
        rows[-1] = (rows[-1][0] + " " + rows[-1][1]).replace("to the end of the record: ", "").split(" ", 1)
    elif kind == "ENUMERATION":
        rows[-1:] = [part.split(" ", 1) for part in rows[-1][1].split(": ", 1)[1].split(", ")]
    elif kind == "COMPOSITE":
        rows, repeated = rows[:-1], []  # "n times a member": which has a table of its own
    compare(name, rows, fields[f"type {kind}"] + repeated)
compare("member", section("Types", 2), fields["entry COMPOSITE"])
compare("static", section("Statics"), fields["static"])
compare("literals", section("Literals"), fields["literals"])
compare("literal", section("Literals", 1), fields["literal"])
compare("frame", section("Frames")[1:-1], fields["frame"])
compare("local", section("Frames", 1), fields["local"])
compare("calls", section("Calls")[1:-1], fields["calls"])
compare("call", section("Calls", 1), fields["call"])
rows = section("Rules for all tables")
tables = re.findall(r'^ALLOCS_TABLE\(\w+, (\d), "(\w+)", (\d), (\d+)\)', description, re.M)
if [(row[0].split()[0], row[1].strip("`"), row[2]) for row in rows] != [table[:3] for table in tables]:
    bad.append("tables are not those of records.def")
least = {record: sum(1 if form in forms and forms[form] == "uint" else sizes.get(form, 4)
                     for _, condition, form, _ in some if not condition) for record, some in fields.items()}
for number, record in (1, "site"), (4, "tls"), (3, "literals"):
    if least[record] != int(tables[number][3]):
        bad.append(f"a record of {record} has {least[record]} bytes at least")
print("\n".join(bad))
sys.exit(bool(bad) or len(fields) < 20)
