-- Whether the sums agree: what the products count is what the holds add up to.
-- ARGV: products.
local counted = 0
for product = 1, tonumber(ARGV[1]) do counted = counted + tonumber(redis.call('HGET', 'p:' .. product, 'x')) end
local held = 0
local cursor = '0'
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', 'h:*', 'COUNT', 10000)
  cursor = page[1]
  for _, hold in ipairs(page[2]) do held = held + tonumber(redis.call('HGET', hold, 'a')) end
until cursor == '0'
return string.format('%d %d', counted, held)
