-- table and math; deep structures stay live at exit
local list = {}
for i = 1, 5000 do list[i] = (i * 7919) % 5003 end
table.sort(list)
print(list[1], list[2500], list[5000], #list)
table.insert(list, 1, -1); table.remove(list); table.move(list, 1, 3, 4)
print(table.concat(list, ",", 1, 8), table.unpack(list, 1, 3))
print(table.pack(1, nil, 3).n, select("#", table.unpack({ 1, 2, nil, 4 }, 1, 4)))
print(math.floor(3.7), math.ceil(-3.7), math.max(1, 9, 5), math.type(1), math.type(1.0), 7 // 2, 7 % -3, 1 << 40)
print(math.tointeger(2 ^ 53), math.ult(1, -1), math.abs(-4), math.fmod(-7, 3), string.format("%.9f", math.sin(1)))
math.randomseed(1, 2); print(math.random(1, 1000), math.random(1, 1000))
local tree = {}
local function grow(depth) return depth > 0 and { left = grow(depth - 1), right = grow(depth - 1), depth = depth } or nil end
tree = grow(10)
local function count(t) return t and 1 + count(t.left) + count(t.right) or 0 end
print(count(tree))
local vector = setmetatable({}, { __index = function(_, k) return k * k end, __len = function() return 99 end,
  __add = function() return "sum" end, __call = function(_, x) return x end, __tostring = function() return "vector" end,
  __close = function() print("closed") end, __eq = function() return true end, __concat = function() return "cat" end })
print(vector[12], #vector, vector + 1, vector(5), tostring(vector), vector .. "x")
do local scoped <close> = vector end
local weak = setmetatable({}, { __mode = "k" })
for i = 1, 100 do weak[{}] = i end
collectgarbage()
print(next(weak))
os.exit(0, false)
