-- Objects of all kinds, alive when the program ends: it does not close its state.
local kept = {}
for i = 1, 20000 do
  kept[i] = {name = "n" .. i, value = i, get = function() return i end}
end
for i = 1, 50 do
  kept[-i] = coroutine.create(function() coroutine.yield(i) end)
  coroutine.resume(kept[-i])
end
os.exit(true, false)
