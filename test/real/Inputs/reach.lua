-- Tables, texts, closures and a coroutine that is in the middle; asked about while they are there, and after.
local all = {}
for i = 1, 2000 do all[i] = {i, tostring(i), {x = i, y = {i}}, function() return all[i] end} end
local routine = coroutine.create(function()
  local kept = {}
  for i = 1, 500 do kept[i] = {} end
  coroutine.yield(kept)
end)
coroutine.resume(routine)
os.execute("kill -USR1 $PPID")
all, routine = nil, nil
collectgarbage()
os.execute("kill -USR1 $PPID")
