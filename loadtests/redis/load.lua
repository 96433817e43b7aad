-- A part of the book: the nodes of one kind from a number to another, each with its limit (l), exposure (x) and status (s).
-- ARGV: prefix, first, last, limit.
for number = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  redis.call('HSET', ARGV[1] .. ':' .. string.format('%d', number), 'l', ARGV[4], 'x', 0, 's', 0)
end
return 'OK'
