# What is asked with etcdctl; sourced by `clients`.

# Values.
ctl set /a 1
ctl get -q /a
ctl get -q /none
ctl set /a 2
ctl set -- /dash -x
ctl set /empty ''
ctl get -q /empty
ctl set /unicode 'ä 云 <&>'
ctl get -q /unicode
ctl -o extended get -q /a
ctl -o json get -q /a
ctl mk /b 1
ctl mk /b 2
ctl mk --in-order /queue first
ctl mk --in-order /queue second
ctl update /b 3
ctl update /none 1

# Directories.
ctl mkdir /d
ctl mkdir /d
ctl mkdir /a/below
ctl setdir /e
ctl setdir /e
ctl updatedir --ttl 100 /e
ctl updatedir /none
ctl set /d/x 1
ctl set /d/y/z 2
ctl set /d/_hidden 3
ctl get -q /d
ctl ls -q --sort
ctl ls -q --sort -p /d
ctl ls -q -r --sort /
ctl ls -q -r --sort -p /
ctl ls -q /a
ctl ls -q /none
ctl rmdir /d
ctl rm /d
ctl rmdir /e
ctl rm --dir /none
ctl rm -r /d
ctl rm /b

# Comparing.
ctl set /c 1
ctl set --swap-with-value 1 /c 2
ctl set --swap-with-value 1 /c 3
ctl set --swap-with-value 1 /none 3
index=$(curl -sS "${urls[turn]}/v2/keys/c?quorum=true" | sed -E 's/.*"modifiedIndex":([0-9]+).*/\1/')
ctl set --swap-with-index "$index" /c 4
ctl set --swap-with-index "$index" /c 5
ctl rm --with-value 5 /c
ctl rm --with-index "$index" /c
ctl rm --with-value 4 /c
ctl get -q /c

# Waiting.
ctl_waiting watch /w
ctl set /w one
told
ctl_waiting -o json watch -r /w2
ctl set /w2/below one
told
ctl watch --after-index "$index" -r /
ctl watch --after-index 20 /a
ctl_waiting -o json watch --forever /w
ctl set /w two
ctl rm /w
ctl set /w three
told three
ctl_waiting exec-watch -r /w -- \
  sh -c 'echo "$ETCD_WATCH_ACTION $ETCD_WATCH_KEY $ETCD_WATCH_VALUE $ETCD_WATCH_MODIFIED_INDEX"'
ctl set /w x
ctl rm /w
told ^delete

# Time.
ctl_waiting -o json watch --forever /t
ctl set --ttl 1 /t gone
told expire
ctl get -q /t
ctl mk --ttl 100 /t 1
ctl update --ttl 50 /t 2
ctl update /t 3
ctl -o extended get -q /t
