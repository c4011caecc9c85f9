# Functions for three nodes on this machine; sourced after step 2's serving.sh.
#   choose_ports [COUNT]   free ports, chosen by the system; three if nothing is said
#   network PROGRAM        puts proxies between the nodes to come; ${roads[FROMTO]} are their ports
#   tell COMMAND...        tells them what to do: cut FROM TO, slow FROM TO MS, heal
#   node NUMBER [FLAG...]  starts a node; ${pids[NUMBER]} is its process
#   ready [NUMBER...]      waits until these nodes, or all three, have a leader
#   leader                 prints the leader's number
#   end NUMBER [SIGNAL]    ends a node, and waits until it has

ports=() pids=() roads=()
cleanup_nodes() {
  local pid
  for pid in ${pids[@]+"${pids[@]}"} $network; do kill -9 "$pid" 2>/dev/null || true; done
  cleanup
}
network=""
trap cleanup_nodes EXIT

choose_ports() {
  local number count=${1:-3}
  for ((number = 1; number <= count; number++)); do
    start -data-dir "$scratch/port$number"
    ports[number]=${url##*:}
    pids[number]=$server
  done
  for ((number = 1; number <= count; number++)); do end "$number"; done
  server=""
}

network() {
  local from to port
  mkfifo "$scratch/told" "$scratch/answered"
  "$1" -nodes "127.0.0.1:${ports[1]},127.0.0.1:${ports[2]},127.0.0.1:${ports[3]}" \
    <"$scratch/told" >"$scratch/answered" &
  network=$!
  disown "$network"
  exec 9>"$scratch/told" 8<"$scratch/answered"
  while read -r from to port <&8 && [ "$from" != ready ]; do
    roads[from * 10 + to]=$port
  done
}

tell() {
  local answer
  echo "$*" >&9
  read -r answer <&8
}

node() {
  local number=$1 other peers="" addresses=""
  shift
  for other in 1 2 3; do
    if [ "$other" != "$number" ]; then
      addresses+=",node$other=127.0.0.1:${roads[number * 10 + other]:-${ports[other]}}"
      peers+=",node$other"
    elif [ "${#roads[@]}" -gt 0 ]; then
      # No server is there: the others must go through their proxies, also where those are cut.
      addresses+=",node$other=127.0.0.1:$number"
    else
      addresses+=",node$other=127.0.0.1:${ports[other]}"
    fi
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
  [ $# -gt 0 ] || set -- 1 2 3
  for number; do
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
