-- string and utf8, with what they leave in memory
local words = {}
for word in ("the quick brown fox jumps over the lazy dog "):rep(50):gmatch("%a+") do
  words[#words + 1] = word:upper():reverse() .. #words
end
print(#words, words[1], words[450])
print(("%5.2f|%-8s|%08x|%q"):format(3.14159, "left", 48879, 'a "quoted"\nline'))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"))
print(("hello world"):gsub("o", { o = "0" }))
print(("x"):byte(), string.char(72, 105), ("abc"):find("c", 1, true))
local packed = string.pack("<i4 z s2 d", 42, "zero", "counted", 1.5)
print(#packed, string.unpack("<i4 z s2 d", packed))
print(utf8.char(228, 8364, 128512), utf8.len("äöü€"), utf8.codepoint("€", 1))
for at, code in utf8.codes("aä€") do io.write(at, ":", code, " ") end
print(utf8.offset("aä€x", 4))
print(#string.dump(function(a) return a .. "!" end) > 0)
os.exit(0, false)
