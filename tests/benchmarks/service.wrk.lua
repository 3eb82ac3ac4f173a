-- Posts the lines of the file BODIES, one after another, and prints its figures as one line of JSON.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
if os.getenv("KEY") then wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY") end

-- Laid out before the clock starts: whoever asks is to take little from whoever answers.
local requests, next = {}, 0
init = function()
  for body in io.lines(os.getenv("BODIES")) do
    requests[#requests + 1] = wrk.format(nil, nil, nil, body)
  end
end

request = function()
  next = next % #requests + 1
  return requests[next]
end

done = function(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '{"requests": %d, "rate": %f, "p50": %f, "p99": %f, "failed": %d}\n',
    summary.requests, summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed.status + failed.connect + failed.read + failed.write + failed.timeout))
end
