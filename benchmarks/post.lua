-- Sends a form of which no two are alike, each from another visitor: nothing is recognised as sent
-- before, and nobody as sending too much.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
  thread:set("id", os.time() .. "-" .. threads)
end

local token = string.rep("a", 32)
local fields = "name=Jan+de+Vries&email=jan%40voorbeeld.nl&csrfmiddlewaretoken=" .. token
local count = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Cookie"] = "csrftoken=" .. token

function request()
  count = count + 1
  local low, high = count % 256, math.floor(count / 256) % 256
  wrk.headers["X-Forwarded-For"] = "10." .. number .. "." .. high .. "." .. low
  local message = "&message=Wij+willen+kennismaken+" .. id .. "-" .. count
  return wrk.format(nil, nil, nil, fields .. message)
end
