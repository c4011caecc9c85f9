# Functions for three nodes on this machine; sourced after step 2's serving.sh.
#   choose_ports           three free ports, chosen by the system
#   node NUMBER [FLAG...]  starts a node; ${pids[NUMBER]} is its process
#   ready                  waits until every running node has a leader
#   leader                 prints the leader's number
#   end NUMBER [SIGNAL]    ends a node, and waits until it has

declare -a ports pids
cleanup_nodes() {
  local pid
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  cleanup
}
trap cleanup_nodes EXIT

choose_ports() {
  local number
  for number in 1 2 3; do
    start -data-dir "$scratch/port$number"
    ports[number]=${url##*:}
    pids[number]=$server
  done
  for number in 1 2 3; do end "$number"; done
  server=""
}

node() {
  local number=$1 other peers="" addresses=""
  shift
  for other in 1 2 3; do
    addresses+=",node$other=127.0.0.1:${ports[other]}"
    [ "$other" = "$number" ] || peers+=",node$other"
  done
  "$program" -id="node$number" -peers="${peers#,}" -peer-addrs="${addresses#,}" \
    -listen="127.0.0.1:${ports[number]}" -data-dir="$scratch/node$number" "$@" \
    >>"$scratch/log$number" 2>&1 &
  pids[number]=$!
}

end() {
  kill -"${2:-TERM}" "${pids[$1]}"
  wait "${pids[$1]}" 2>/dev/null || true
}

ready() {
  local number tries=0
  for number in 1 2 3; do
    until curl -sf --max-time 2 "http://127.0.0.1:${ports[number]}/health" >/dev/null; do
      sleep 0.05
      if [ $((tries += 1)) -gt 400 ]; then
        echo "the nodes are not ready:" >&2
        tail -n 20 "$scratch"/log? >&2
        exit 1
      fi
    done
  done
}

leader() {
  local number
  while true; do
    for number in 1 2 3; do
      if curl -sf --max-time 2 "http://127.0.0.1:${ports[number]}/stats" | grep -q '"role":"leader"'; then
        echo "$number"
        return
      fi
    done
    sleep 0.05
  done
}
