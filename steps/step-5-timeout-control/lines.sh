# The lines of step 5, to be answered alike by every later step; sourced after
# `start -data-dir "$scratch/data"`.

# A watch has a deadline.
expect 'Watch timeout' "$url/watch?key=never&timeout=200ms"
expect '408' -o /dev/null -w '%{http_code}' "$url/watch?key=never&timeout=200ms"
expect 'invalid timeout "5": must have a unit, as in 30s' "$url/watch?key=never&timeout=5"

# A key with a time to live goes, and a watch sees it go.
expect 'OK' -d '{"key": "temp", "value": "1", "ttl": 1}' "$url/put"
expect 'OK' -d '{"key": "later", "value": "1", "ttl": 3}' "$url/put"
expect '{"key":"temp","value":"1","found":true}' "$url/get?key=temp"
expect '{"key":"temp","value":""}' "$url/watch?key=temp&timeout=10s"
expect '{"key":"temp","value":"","found":false}' "$url/get?key=temp"

# What ran out while no server ran is gone before the first answer.
stop KILL
sleep 3
start -data-dir "$scratch/data"
expect '{"key":"later","value":"","found":false}' "$url/get?key=later"

# A stop is graceful: who waits is answered, the log is closed, the status is 0.
curl -sS --max-time 20 -w '%{http_code}' "$url/watch?key=never" >"$scratch/watched" &
watcher=$!
sleep 0.5
stop TERM
wait "$watcher"
same 'a watch when the server stops' $'the server stops\n503' "$(cat "$scratch/watched")"
same 'the status after SIGTERM' 0 "$status"
start -data-dir "$scratch/data"
stop INT
same 'the status after Ctrl-C' 0 "$status"
start -data-dir "$scratch/data"
