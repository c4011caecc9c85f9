# Functions for the steps' checks; they are sourced by each `check`.
#   build PROGRAM          builds it, and sets $program to its path; CONFIGURATION=release for long runs
#   start [FLAG...]        runs $program on a port the system chooses; sets $server (its id), $url
#   stop [SIGNAL]          ends it, and waits until it has
#   expect ANSWER ARG...   runs curl with the arguments, and compares what it prints
#   same WHAT WANTED FOUND compares two texts

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

finish() {
  if [ "$failures" -gt 0 ]; then
    echo "$1: $failures answers are not what the chapter says" >&2
    exit 1
  fi
  echo "$1: every line is answered as its chapter says"
}
