-- For wrk: asks the paths of a file, one after the other, each thread from another one on;
-- prints what a machine can read at the end. PATHS names the file.
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
at = 0
local threads = 0
function setup(thread)
  thread:set("at", threads * 37)
  threads = threads + 1
end
function request()
  at = at + 1
  return wrk.format("GET", paths[at % #paths + 1])
end
function done(summary, latency, requests)
  local refused = summary.errors.status + summary.errors.connect + summary.errors.read
    + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    "RESULT %.0f requests/s, %.1f ms median, %.1f ms 99 %%, %.1f ms most, %.0f kB each, %d refused\n",
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000,
    summary.bytes / summary.requests / 1000, refused))
end
