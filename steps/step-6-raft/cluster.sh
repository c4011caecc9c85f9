#!/usr/bin/env bash
# Starts three nodes on this machine, says what to try, and ends them on Ctrl-C.
#
#   steps/step-6-raft/cluster.sh [FLAG...]     flags are given to all three
#
# The data stays in ./wal-data/node1 to node3, so that the next start finds it.
set -euo pipefail
cd "$(dirname "$0")/../.."

swift build -c release --product mini-etcd
program=$(swift build -c release --show-bin-path)/mini-etcd
addresses=node1=localhost:8081,node2=localhost:8082,node3=localhost:8083
nodes=()

finish() {
  trap - INT TERM EXIT
  kill ${nodes[@]+"${nodes[@]}"} 2>/dev/null || true
  wait
}
trap finish INT TERM EXIT

begin() { # NAME PEERS PORT
  "$program" -id="$1" -peers="$2" -peer-addrs="$addresses" -listen="127.0.0.1:$3" \
    -data-dir="wal-data/$1" ${flags[@]+"${flags[@]}"} &
  nodes+=($!)
}

flags=("$@")
begin node1 node2,node3 8081
begin node2 node1,node3 8082
begin node3 node1,node2 8083

# Another server may hold a port, and even answer on it.
requireAll() {
  for place in 0 1 2; do
    kill -0 "${nodes[$place]}" 2>/dev/null && continue
    echo "cluster.sh: node$((place + 1)) has ended, and said why above" >&2
    exit 1
  done
}
for port in 8081 8082 8083; do
  until
    sleep 0.2
    requireAll
    curl -sf "http://localhost:$port/health" >/dev/null
  do :; done
done

cat <<'TEXT'

Three nodes are up: 8081, 8082 and 8083. Put on one, get from another:

  curl -X POST -d '{"key": "cloud", "value": "native"}' http://localhost:8081/put
  curl "http://localhost:8082/get?key=cloud"
  curl "http://localhost:8083/watch?key=cloud"        (and put again)
  curl http://localhost:8081/stats                    who leads?

Watch them in a browser, on any of the three: http://localhost:8081/ui

Then kill the leader (kill -9 its pid) and go on with the others:

TEXT
for place in 0 1 2; do echo "  node$((place + 1)) is process ${nodes[$place]}"; done
printf '\nCtrl-C ends them all.\n\n'
wait
