# The lines of step 4, to be answered alike by every later step; sourced after `start`.

# A watch waits, and is answered by the next put.
watch() {
  curl -sS --max-time 20 "$url/watch?key=$1" >"$scratch/watched" &
  watcher=$!
  # The request is on its way; the put may not overtake it.
  sleep 0.5
}

watch status
expect 'OK' -d '{"key": "elsewhere", "value": "1"}' "$url/put"
expect 'OK' -d '{"key": "status", "value": "ready"}' "$url/put"
wait "$watcher"
same 'a watch' '{"key":"status","value":"ready"}' "$(cat "$scratch/watched")"

watch status
expect 'Deleted' -X DELETE "$url/delete?key=status"
wait "$watcher"
same 'a watch of a key that is deleted' '{"key":"status","value":""}' "$(cat "$scratch/watched")"

expect 'key is missing' "$url/watch"
