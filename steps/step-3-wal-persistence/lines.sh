# The lines of step 3, to be answered alike by every later step; sourced after
# `start -data-dir "$scratch/data"`.

# What was acknowledged is there after kill -9.
expect 'OK' -d '{"key": "kept", "value": "1"}' "$url/put"
expect 'OK' -d '{"key": "kept", "value": "2"}' "$url/put"
expect 'OK' -d '{"key": "gone", "value": "1"}' "$url/put"
expect 'Deleted' -X DELETE "$url/delete?key=gone"
stop KILL
start -data-dir "$scratch/data"
expect '{"key":"kept","value":"2","found":true}' "$url/get?key=kept"
expect '{"key":"gone","value":"","found":false}' "$url/get?key=gone"
expect '{"key":"a/b","value":"1","found":true}' "$url/get?key=a/b"

# The log is text.
same 'jq reads the log' '"/kept"' \
  "$(jq -c 'select(.t=="entry") | .op.key' "$scratch"/data/wal-*.jsonl | sort -u | grep kept)"

# A second server on the directory says so.
second=0
answer=$("$program" -listen 127.0.0.1:0 -data-dir "$scratch/data" 2>&1) || second=$?
same 'a locked directory' '1 line, status 1' "$(grep -c '' <<<"$answer") line, status $second"
case $answer in *lock*) ;; *) same 'a locked directory' 'a line about the lock' "$answer" ;; esac

# The tool for people.
stop KILL
same 'wal verify' 'status 0' \
  "status $("$program" wal verify "$scratch/data" >"$scratch/verified" 2>&1 && echo 0 || echo $?)"
same 'wal dump shows the key' 'yes' \
  "$("$program" wal dump "$scratch/data" | grep kept >/dev/null && echo yes || echo no)"

# Half a record at the end was never acknowledged: it is set aside, and the log goes on.
segment=$(ls "$scratch"/data/wal-*.jsonl | tail -n 1)
printf '{"crc":"00000000","n":99' >>"$segment"
start -data-dir "$scratch/data"
expect '{"key":"kept","value":"2","found":true}' "$url/get?key=kept"
expect 'OK' -d '{"key": "kept", "value": "3"}' "$url/put"
stop KILL
start -data-dir "$scratch/data"
expect '{"key":"kept","value":"3","found":true}' "$url/get?key=kept"

# A byte changed in what was acknowledged is damage: the server refuses, with file and line.
stop KILL
cp -r "$scratch/data" "$scratch/damaged"
damaged=$(grep -lE '"kept"|/kept' "$scratch"/damaged/wal-*.jsonl | head -n 1)
awk '!done && sub(/native/, "nXtive") { done = 1 } { print }' "$damaged" >"$scratch/changed"
cp "$scratch/changed" "$damaged"
refused=0
answer=$("$program" -listen 127.0.0.1:0 -data-dir "$scratch/damaged" 2>&1) || refused=$?
case $answer in
  *"${damaged##*/}"*) same 'a damaged log' '1 line, status 1' "$(grep -c '' <<<"$answer") line, status $refused" ;;
  *) same 'a damaged log' "a line that names ${damaged##*/}" "$answer" ;;
esac
same 'wal verify of a damaged log' 'status 1' \
  "status $("$program" wal verify "$scratch/damaged" >/dev/null 2>&1 && echo 0 || echo $?)"

# A directory that cannot be made.
refused=0
answer=$("$program" -listen 127.0.0.1:0 -data-dir /dev/null/no/such 2>&1) || refused=$?
same 'a directory that cannot be made' '1 line, status 1' \
  "$(grep -c '' <<<"$answer") line, status $refused"

start -data-dir "$scratch/data"
