# Functions for the steps' checks; they are sourced by each `check`.
#   build PROGRAM          builds it, and sets $program to its path; CONFIGURATION=release for long runs
#   start [FLAG...]        runs $program on a port the system chooses; sets $server (its id), $url
#   stop [SIGNAL]          ends it, and waits until it has
#   expect ANSWER ARG...   runs curl with the arguments, and compares what it prints
#   same WHAT WANTED FOUND compares two texts
#   within SECONDS COMMAND runs a command, and kills it if it takes longer: its status is 137 then
#   timed COMMAND          runs a command, and sets $took to the milliseconds that it took
# As in all scripts here, nothing is used that macOS lacks: bash 3.2, and tools without GNU's flags.

set -euo pipefail
scratch=$(mktemp -d)
server=""
failures=0

cleanup() {
  # The wait takes the shell's own word on how the server ended, which nobody wants to read.
  [ -z "$server" ] || { kill -9 "$server"; wait "$server"; } 2>/dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT

build() {
  local how=(-c "${CONFIGURATION:-debug}")
  swift build "${how[@]}" --product "$1" >"$scratch/build" 2>&1 || { cat "$scratch/build" >&2; exit 1; }
  program=$(swift build "${how[@]}" --show-bin-path)/$1
}

start() {
  : >"$scratch/out"
  "$program" -listen 127.0.0.1:0 "$@" >"$scratch/out" 2>"$scratch/err" &
  server=$!
  local tries=0
  until url=$(grep -o 'http://[^ ]*' "$scratch/out"); do
    if ! kill -0 "$server" 2>/dev/null || [ $((tries += 1)) -gt 300 ]; then
      echo "$program $* does not start:" >&2
      cat "$scratch/err" >&2
      exit 1
    fi
    sleep 0.1
  done
}

stop() {
  kill -"${1:-TERM}" "$server"
  status=0
  wait "$server" 2>/dev/null || status=$?
  server=""
}

same() {
  [ "$2" = "$3" ] && return
  failures=$((failures + 1))
  printf '%s\n  wanted: %s\n  found:  %s\n' "$1" "$2" "$3" >&2
}

expect() {
  local wanted=$1
  shift
  same "curl $*" "$wanted" "$(curl -sS --max-time 20 "$@")"
}

within() {
  local last=$((SECONDS + $1)) child
  shift
  "$@" <&0 &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    [ "$SECONDS" -le "$last" ] || kill -9 "$child" 2>/dev/null || true
    sleep 0.05
  done
  wait "$child" 2>/dev/null
}

timed() {
  local TIMEFORMAT=%3R result=0
  { time "$@" 2>&3; } 3>&2 2>"$scratch/took" || result=$?
  took=$((10#$(tr -dc 0-9 <"$scratch/took")))
  return $result
}

finish() {
  if [ "$failures" -gt 0 ]; then
    echo "$1: $failures answers are not what the chapter says" >&2
    exit 1
  fi
  echo "$1: every line is answered as its chapter says"
}
