-- One authorisation in Redis: idempotent by request id, every limit of the path, all or nothing, a hold and the answer kept.
-- ARGV: two random numbers (together the request id), a random number for the facility, one for the amount; then the shape
-- of the book: facilities, borrowers, enterprises, products. Numbers stay below 2^53, so Lua's doubles are exact.
local id = 'r:' .. ARGV[1] .. ARGV[2]
local seen = redis.call('GET', id)
if seen then return seen end

local facilities, borrowers, enterprises, products = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local facility = tonumber(ARGV[3]) % facilities + 1
local amount = 100 + tonumber(ARGV[4]) % 2000
local borrower = math.floor((facility - 1) * borrowers / facilities) + 1
local enterprise = math.floor((borrower - 1) * enterprises / borrowers) + 1
local product = (enterprise - 1) % products + 1
local path = { 'f:' .. facility, 'b:' .. borrower, 'e:' .. enterprise, 'p:' .. product }

local reason = 0
local failed = ''
local headroom = 0
for i, node in ipairs(path) do
  local row = redis.call('HMGET', node, 'l', 'x', 's')
  if not row[1] then return redis.error_reply('UnknownNode ' .. node) end
  if row[3] ~= '0' then reason = 105 end
  local room = tonumber(row[1]) - tonumber(row[2])
  if i == 1 then headroom = room end
  if room < amount then
    reason = 112
    failed = failed .. ' ' .. node .. ':' .. room
  end
end

local sequence = redis.call('INCR', 'sequence')
if reason == 0 then
  for _, node in ipairs(path) do redis.call('HINCRBY', node, 'x', amount) end
  redis.call('HSET', 'h:' .. sequence, 'f', facility, 'a', amount)
  headroom = headroom - amount
end
local answer = sequence .. ' ' .. reason .. ' ' .. headroom .. failed
redis.call('SET', id, answer, 'EX', 259200)
return answer
