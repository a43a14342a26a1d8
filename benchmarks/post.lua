-- Sends a form of which no two are alike, so that nothing is recognised as sent before.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("id", os.time() .. "-" .. threads)
end

local token = string.rep("a", 32)
local count = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Cookie"] = "csrftoken=" .. token

function request()
  count = count + 1
  local body = "name=Jan+de+Vries&email=jan%40voorbeeld.nl&csrfmiddlewaretoken=" .. token
  return wrk.format(nil, nil, nil, body .. "&message=Wij+willen+kennismaken+" .. id .. "-" .. count)
end
