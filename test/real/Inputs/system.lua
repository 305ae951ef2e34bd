-- io, os, debug and package; files, processes and libraries
local name = os.tmpname()
local file = assert(io.open(name, "w+"))
file:setvbuf("full", 8192)
for i = 1, 500 do file:write(i, " line\n") end
print(file:seek("set", 0), file:read("n", "l", "L"), #file:read("a"))
file:close()
local n = 0
for line in io.lines(name) do n = n + #line end
print(n, io.type(file), os.remove(name), (os.rename(name, name .. "x")))
print(io.popen("echo from a process"):read("a"))
print(os.time({ year = 2000, month = 1, day = 1, hour = 12 }) > 0, os.date("!%Y-%m-%d %H:%M:%S", 86400), os.getenv("no such"))
print(os.setlocale(nil, "all") ~= nil, os.difftime(5, 3), os.clock() >= 0, os.execute("exit 3"))
local info = debug.getinfo(1, "Sl")
print(info.what, info.currentline, debug.getinfo(print).what)
local hooks = 0
debug.sethook(function() hooks = hooks + 1 end, "l")
local x = 1
x = x + 1
debug.sethook()
print(hooks > 0, debug.traceback("trace", 1):match("^trace"), (debug.getlocal(1, 1)))
print(package.config:sub(1, 1), type(package.loaded.string), package.searchpath("no.such", "./?.lua"))
package.preload["made.here"] = function(...) return { name = ... } end
print(require("made.here").name, pcall(require, "not.there") == false)
print(pcall(package.loadlib, "/no/such/library.so", "*"))
warn("@on"); warn("a ", "warning")
os.exit(0, false)
