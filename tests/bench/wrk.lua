-- For wrk: sends as many requests at once as the argument says, and prints the result as our own generator does.
function init(args)
  local depth = tonumber(args[1])
  if depth == 1 then return end
  local batch = string.rep(wrk.format("GET"), depth)
  request = function() return batch end
end

function done(summary)
  local e = summary.errors
  print(string.format("result done=%d us=%d errors=%d", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout))
end
