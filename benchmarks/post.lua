-- Sends a form of which no two are alike, each from another visitor: nothing is recognised as sent
-- before, and nobody as sending too much.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("network", "10." .. os.time() % 125 * 2 + threads)
  thread:set("id", os.time() .. "-" .. threads)
end

local token = string.rep("a", 32)
local fields = "name=Jan+de+Vries&csrfmiddlewaretoken=" .. token
local count = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Cookie"] = "csrftoken=" .. token

function request()
  count = count + 1
  local low, high = count % 256, math.floor(count / 256) % 256
  wrk.headers["X-Forwarded-For"] = network .. "." .. high .. "." .. low
  local unique = id .. "-" .. count
  local email = "&email=jan-" .. unique .. "%40voorbeeld.nl"
  return wrk.format(nil, nil, nil, fields .. email .. "&message=Wij+willen+kennismaken+" .. unique)
end
