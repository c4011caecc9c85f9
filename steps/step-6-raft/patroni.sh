# Functions for two PostgreSQL servers under Patroni, over a store of three nodes; sourced by
# `patroni` after nodes.sh. $store says which: etcd or mini-etcd.
#   needs TOOL...          ends the script, with a word about it, where one is not installed
#   start_store, end_store three nodes, and after them all that runs and is left on the disk
#   store_node NUMBER      starts one; store_leader prints the leader's number
#   member NUMBER          starts Patroni of a member; kill_member kills it and its PostgreSQL
#   await COMMAND...       waits until it succeeds

if [ "$(uname)" != Linux ]; then
  echo 'steps/step-6-raft/patroni: skipped, as it needs Linux'
  exit
fi
patroni=${PATRONI:-patroni}
postgresql=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1) || true
members=()
writer=""

# PostgreSQL refuses to run as root.
as=(env)
[ "$(id -u)" != 0 ] || as=(setpriv --reuid=postgres --regid=postgres --init-groups)

needs() {
  local tool
  for tool; do
    command -v "$tool" >/dev/null && continue
    echo "steps/step-6-raft/patroni: skipped, as $tool is not installed"
    exit
  done
}

fail() {
  echo "$store: $*" >&2
  tail -n 8 "$scratch"/log? "$scratch"/member? >&2
  exit 1
}

await() {
  local last=$((SECONDS + 120))
  until "$@"; do
    [ "$SECONDS" -lt "$last" ] || fail "not in two minutes: $*"
    sleep 0.1
  done
}

# -- The store -------------------------------------------------------------------------------------

start_store() {
  for number in 1 2 3; do store_node "$number"; done
  ready
  mkdir "$scratch/postgres"
  [ "$(id -u)" != 0 ] || chown postgres "$scratch/postgres"
  chmod 711 "$scratch"
  for number in 1 2; do configure "$number"; done
  : >"$scratch/acknowledged"
}

store_node() {
  if [ "$store" = mini-etcd ]; then
    node "$1"
    return
  fi
  local client=http://127.0.0.1:${ports[$1]} peer=http://127.0.0.1:${ports[3 + $1]}
  etcd --enable-v2=true --name "node$1" --data-dir "$scratch/node$1" \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
    --initial-cluster "$(for number in 1 2 3; do
      echo "node$number=http://127.0.0.1:${ports[3 + number]}"
    done | paste -s -d , -)" >>"$scratch/log$1" 2>&1 &
  pids[$1]=$!
}

store_leader() {
  local number
  while true; do
    for number in 1 2 3; do
      if curl -sf --max-time 2 "http://127.0.0.1:${ports[number]}/v2/stats/self" |
        grep -q '"state":"StateLeader"'; then
        echo "$number"
        return
      fi
    done
    sleep 0.05
  done
}

# The index of the last renewal of Patroni's leader key, as a majority knows it.
renewals() {
  curl -sf --max-time 5 "http://127.0.0.1:${ports[$1]}/v2/keys/service/course/leader?quorum=true" |
    jq -e .node.modifiedIndex
} 2>/dev/null

is_renewed() { [ "$(renewals "$1")" -gt "$2" ] 2>/dev/null; }

# PostgreSQL is ended so that it gives its shared memory back.
end_store() {
  local number postmaster
  for number in 1 2; do
    [ -z "${members[number]-}" ] || { kill -9 "${members[number]}"; wait "${members[number]}"; } \
      2>/dev/null || true
    postmaster=$(head -n 1 "$scratch/postgres/data$number/postmaster.pid" 2>/dev/null) || continue
    kill -QUIT "$postmaster" 2>/dev/null || continue
    while lives "$postmaster"; do sleep 0.05; done
  done
  for number in 1 2 3; do end "$number" KILL; done
  rm -rf "$scratch/postgres" "$scratch"/node? "$scratch"/log? "$scratch"/member?
}

end_all() {
  [ -z "$writer" ] || kill "$writer" || true
  end_store
  cleanup_nodes
}
trap 'end_all 2>/dev/null || true' EXIT

# -- PostgreSQL ------------------------------------------------------------------------------------

configure() {
  cat >"$scratch/postgres/$1.yml" <<END
scope: course
name: member$1
restapi: {listen: "127.0.0.1:${rest[$1]}", connect_address: "127.0.0.1:${rest[$1]}"}
etcd: {hosts: ["127.0.0.1:${ports[1]}", "127.0.0.1:${ports[2]}", "127.0.0.1:${ports[3]}"]}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 5
    synchronous_mode: true
    postgresql: {use_pg_rewind: true}
  initdb: [{encoding: UTF8}, {locale: C}, data-checksums]
postgresql:
  listen: "127.0.0.1:${postgres[$1]}"
  connect_address: "127.0.0.1:${postgres[$1]}"
  data_dir: $scratch/postgres/data$1
  bin_dir: $postgresql
  pgpass: $scratch/postgres/pgpass$1
  authentication:
    superuser: {username: postgres}
    replication: {username: replicator}
  pg_hba: [host all all 127.0.0.1/32 trust, host replication all 127.0.0.1/32 trust]
  parameters: {unix_socket_directories: $scratch/postgres, shared_buffers: 16MB}
END
}

member() {
  (cd "$scratch/postgres" && HOME=$PWD exec "${as[@]}" "$patroni" "$PWD/$1.yml") \
    >>"$scratch/member$1" 2>&1 &
  members[$1]=$!
}

# Whether a process runs; one that has ended and was not yet fetched does not.
lives() {
  local state
  state=$(ps -o stat= -p "$1") && [ "${state#Z}" = "$state" ]
}

kill_member() {
  local postmaster victims victim
  postmaster=$(head -n 1 "$scratch/postgres/data$1/postmaster.pid")
  victims="${members[$1]} $postmaster $(pgrep -P "${members[$1]},$postmaster")"
  { kill -9 $victims; wait "${members[$1]}"; } 2>/dev/null || true
  for victim in $victims; do
    while lives "$victim"; do sleep 0.02; done
  done
}

# What Patroni says of its members, by any that answers.
cluster() {
  curl -sf --max-time 5 "http://127.0.0.1:${rest[1]}/cluster" ||
    curl -sf --max-time 5 "http://127.0.0.1:${rest[2]}/cluster"
}

both_run() {
  cluster | jq -e '[.members[] | select(.state == "running" or .state == "streaming").role] | sort
    == ["leader", "sync_standby"]' >"$scratch/both"
} 2>/dev/null

leading_member() { cluster | jq -r '.members[] | select(.role == "leader").name[-1:]'; }

# ask MEMBER QUERY: what a member's PostgreSQL answers.
ask() { query "host=127.0.0.1 port=${postgres[$1]}" "$2"; }

# The same of the one that takes writes, which the client finds by itself.
ask_leader() {
  query "host=127.0.0.1,127.0.0.1 port=${postgres[1]},${postgres[2]} target_session_attrs=read-write" \
    "$1"
}

leads() { [ "$(ask "$1" 'select pg_is_in_recovery()' 2>/dev/null)" = f ]; }

query() {
  within 10 psql -qAtX "$1 user=postgres dbname=postgres connect_timeout=5" -c "$2"
}

# Adds a row at the member that leads, and remembers its number once it is acknowledged.
write() {
  ask_leader 'insert into written default values returning n' >>"$scratch/acknowledged"
}

# Writes without an end, beside what happens; a write that fails is told in $scratch/failed.
begin_writing() {
  rm -f "$scratch/enough"
  while [ ! -e "$scratch/enough" ]; do
    write 2>&1 || echo "status $?"
    sleep 0.05
  done >"$scratch/failed" &
  writer=$!
}

end_writing() {
  : >"$scratch/enough"
  wait "$writer"
  writer=""
}

# Whether a member holds every row that was acknowledged.
has_all_rows() {
  ask "$1" 'select n from written' | sort >"$scratch/rows" &&
    [ -z "$(sort "$scratch/acknowledged" | comm -23 - "$scratch/rows")" ]
}
