"""pprof.py FOLDER: decodes FOLDER/pprof; prints a line for each sample: function, file, line, type, blocks, bytes. Then the sum in bytes, which must be
the census's."""
import gzip
import json
import sys

folder = sys.argv[1]


def number(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7f) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def fields(data):
    at, ret = 0, {}
    while at < len(data):
        key, at = number(data, at)
        value, at = number(data, at)
        assert key & 7 in (0, 2)
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        ret.setdefault(key >> 3, []).append(value)
    return ret


profile = fields(gzip.decompress(open(f"{folder}/pprof", "rb").read()))
text = [t.decode() for t in profile[6]]
assert text[0] == ""
types = [fields(t) for t in profile[1]]
print(*(text[t[1][0]] + "/" + text[t[2][0]] for t in types))
functions = {f[1][0]: f for f in map(fields, profile[5])}
places = {p[1][0]: fields(p[4][0]) for p in map(fields, profile[4])}
total = 0
for sample in map(fields, profile[2]):
    line = places[sample[1][0]]
    function, label = functions[line[1][0]], fields(sample[3][0])
    assert text[label[1][0]] == "type"
    print(text[function[2][0]], text[function[4][0]], line[2][0], text[label[2][0]], *sample[2], sep="|")
    total += sample[2][1]
assert total == json.load(open(f"{folder}/census.json"))["bytes"]
