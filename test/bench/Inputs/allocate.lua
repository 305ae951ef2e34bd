-- Makes and drops much: tables, strings, closures. Argument: how much.
local n = tonumber(arg[1])

local function tree(depth)
  if depth == 0 then return {value = 1} end
  return {left = tree(depth - 1), right = tree(depth - 1)}
end

local function count(node)
  if not node.left then return 1 end
  return count(node.left) + count(node.right)
end

local leaves = 0
for _ = 1, n do leaves = leaves + count(tree(14)) end

local words = {}
for i = 1, n * 20000 do words[i % 5000 + 1] = ("word" .. i):rep(i % 5 + 1) end

local calls = {}
for i = 1, n * 20000 do calls[i % 1000 + 1] = function() return i end end

print(leaves, #table.concat(words), calls[7]())
