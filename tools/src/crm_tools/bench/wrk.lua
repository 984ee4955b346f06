-- Sends the prepared requests of a file in their order, over and over, and prints what was measured as one JSON line.
-- Arguments: a file of "name: value" header lines, a file of "METHOD<tab>path<tab>body" lines.

local requests, position = {}, 0

function init(args)
  math.randomseed(os.time())
  local headers = {}
  for line in io.lines(args[1]) do
    local name, value = line:match("^([^:]+): (.*)$")
    headers[name] = value
  end
  for line in io.lines(args[2]) do
    local method, path, body = line:match("^(%u+)\t([^\t]+)\t(.*)$")
    if body == "" then
      body = nil
    end
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
  position = math.random(#requests)
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "errors": '
      .. '{"status": %d, "timeout": %d, "connect": %d, "read": %d, "write": %d}}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.timeout, errors.connect, errors.read, errors.write))
end
