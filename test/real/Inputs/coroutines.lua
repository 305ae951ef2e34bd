-- coroutine, error handling, closures, garbage collection modes
local function produce(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
local sum = 0
for i in produce(1000) do sum = sum + i end
print(sum)
local alive = {}
for i = 1, 200 do
  alive[i] = coroutine.create(function(a) local b = coroutine.yield(a + i); return b * 2 end)
  coroutine.resume(alive[i], i)
end
print(coroutine.status(alive[7]), coroutine.resume(alive[7], 21))
print(coroutine.isyieldable(), select(2, coroutine.running()))
print(coroutine.close(alive[8]), coroutine.status(alive[8]))
print(pcall(error, { code = 7 }) == false, select(2, pcall(error, "text", 0)))
print(xpcall(function() local x = nil; return x.y end, function(m) return "handled: " .. m:gsub("^.-:", "") end))
print(select(2, load("return 1 +")))
print(load("local a <const> = 3; return a * 2")())
local counter = (function() local n = 0; return function() n = n + 1; return n end end)()
for _ = 1, 9 do counter() end
print(counter())
print(collectgarbage("generational"), collectgarbage("incremental"), collectgarbage("count") > 0)
print(select(2, pcall(string.rep, "x", -1)), select("#", ("x"):rep(10, ","):byte(1, -1)))
local deep = select(2, pcall(function() local function f() return 1 + f() end; return f() end))
print(deep:match("stack overflow"))
goto done
print("not reached")
::done::
os.exit(3, false)
