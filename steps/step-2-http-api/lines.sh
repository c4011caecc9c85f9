# The lines of step 2, to be answered alike by every later step; sourced after `start`.

expect 'OK' -X POST -d '{"key": "cloud", "value": "native"}' "$url/put"
expect '{"key":"cloud","value":"native","found":true}' "$url/get?key=cloud"
expect 'Deleted' -X DELETE "$url/delete?key=cloud"
expect 'Deleted' -X POST "$url/delete?key=cloud"
expect '{"key":"cloud","value":"","found":false}' "$url/get?key=cloud"

# A key is a path; a directory is no value.
expect 'OK' -d '{"key": "a/b", "value": "1"}' "$url/put"
expect '{"key":"a//b/","value":"1","found":true}' "$url/get?key=a//b/"
expect '{"key":"a","value":"","found":false}' "$url/get?key=a"
expect '/a is a directory' -d '{"key": "a", "value": "1"}' "$url/put"
expect '/a is a directory' -X DELETE "$url/delete?key=a"
expect '/a/b is not a directory' -d '{"key": "a/b/c", "value": "1"}' "$url/put"

# What is wrong is said.
expect 'key is missing' "$url/get"
expect 'key is empty' "$url/get?key="
expect 'key is missing' -d '{"value": "1"}' "$url/put"
expect 'value is missing' -d '{"key": "k"}' "$url/put"
expect 'key must be a string, not 1' -d '{"key": 1, "value": "1"}' "$url/put"
expect 'ttl must be a positive whole number of seconds, not 0' \
  -d '{"key": "k", "value": "1", "ttl": 0}' "$url/put"
expect 'key has no name, only slashes' "$url/get?key=//"
expect 'a key must not contain the segments . or ..' "$url/get?key=a/../b"
expect '404 page not found' "$url/nowhere"
expect '405' -o /dev/null -w '%{http_code}' "$url/put"
expect '400' -o /dev/null -w '%{http_code}' -d 'no json' "$url/put"

# A value of any size and content.
head -c 1500000 /dev/zero | tr '\0' x >"$scratch/large"
printf '{"key":"large","value":"%s"}' "$(cat "$scratch/large")" >"$scratch/body"
expect 'OK' -H 'Expect: 100-continue' --data-binary "@$scratch/body" "$url/put"
curl -sS "$url/get?key=large" >"$scratch/answer"
same 'a value of 1.5 MB' "$(printf '{"key":"large","value":"%s","found":true}' "$(cat "$scratch/large")" | cksum)" \
  "$(tr -d '\n' <"$scratch/answer" | cksum)"
expect 'Deleted' -X DELETE "$url/delete?key=large"
expect 'OK' -d '{"key": "h", "value": "\"<\u00e9\n\ud83d\ude00"}' "$url/put"
expect '{"key":"h","value":"\"\u003cé\n😀","found":true}' "$url/get?key=h"

health=$(curl -sS "$url/health")
same 'health' '{"health":"true","status":"ok","time"' "${health%%:\"20*}"
