# Functions for three nodes on this machine; sourced after step 2's serving.sh.
#   choose_ports           three free ports, chosen by the system
#   network PROGRAM        puts proxies between the nodes to come; $roads[FROM TO] are their ports
#   tell COMMAND...        tells them what to do: cut FROM TO, slow FROM TO MS, heal
#   node NUMBER [FLAG...]  starts a node; ${pids[NUMBER]} is its process
#   ready [NUMBER...]      waits until these nodes, or all three, have a leader
#   leader                 prints the leader's number
#   end NUMBER [SIGNAL]    ends a node, and waits until it has

declare -a ports pids
declare -A roads=()
cleanup_nodes() {
  local pid
  for pid in "${pids[@]}" $network; do kill -9 "$pid" 2>/dev/null || true; done
  cleanup
}
network=""
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

network() {
  local line
  coproc proxies {
    exec "$1" -nodes "127.0.0.1:${ports[1]},127.0.0.1:${ports[2]},127.0.0.1:${ports[3]}"
  }
  network=$proxies_PID
  disown "$network"
  exec 8<&"${proxies[0]}" 9>&"${proxies[1]}"
  while read -r line <&8 && [ "$line" != ready ]; do
    roads[${line% *}]=${line##* }
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
      addresses+=",node$other=127.0.0.1:${roads[$number $other]:-${ports[other]}}"
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
  for number in ${*:-1 2 3}; do
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
