-- Calls much, allocates little. Argument: how much.
local n = tonumber(arg[1])

local function fib(i) if i < 2 then return i end return fib(i - 1) + fib(i - 2) end

local Point = {}
Point.__index = Point
function Point:move(x, y) self.x, self.y = self.x + x, self.y - y return self end

local point = setmetatable({x = 0, y = 0}, Point)
for _ = 1, n do
  fib(24)
  for i = 1, 200000 do point:move(i % 3, i % 5) end
end
local sum = 0
for i = 1, n * 100000 do sum = sum + math.floor(math.sqrt(i)) + select("#", i, i) end
print(point.x, point.y, sum)
