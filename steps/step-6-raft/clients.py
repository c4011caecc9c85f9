"""What is asked with python-etcd; called by `clients` with the servers' addresses.

Prints every answer as the client shows it. Each call goes to the next server; reads that have to see
what another server wrote ask for a quorum.
"""

import itertools
import sys
import threading
import time

import etcd
from urllib.parse import urlparse

SERVERS = [(urlparse(url).hostname, urlparse(url).port) for url in sys.argv[1:]]
CLIENTS = itertools.cycle(
    [etcd.Client(host=host, port=port, read_timeout=20) for host, port in SERVERS])


def show(result):
    words = [str(result.action), result.key, repr(result.value)]
    if result.dir:
        words.append("dir")
    if result.ttl:
        words.append("ttl")
    words += [f"created {result.createdIndex}", f"modified {result.modifiedIndex}"]
    previous = getattr(result, "_prev_node", None)
    if previous:
        words.append(f"before {previous.value!r} {previous.modifiedIndex}")
    return " ".join(words)


def ask(call, *arguments, **options):
    """Asks the next server, and prints the answer or the error."""
    asked = [getattr(argument, "key", argument) for argument in arguments]
    print(call, asked, options or "")
    try:
        result = getattr(next(CLIENTS), call)(*arguments, **options)
        print("  " + show(result))
        return result
    except etcd.EtcdException as error:
        print("  " + type(error).__name__, error.payload)


def values():
    ask("write", "/py/a", "1")
    ask("read", "/py/a", quorum=True)
    ask("read", "/py/none", quorum=True)
    ask("read", "/py/a/below", quorum=True)
    ask("write", "/py/a", "2", ttl=100)
    ask("write", "/py/a", "3", prevExist=True)
    ask("write", "/py/a", "4", prevExist=False)
    ask("write", "/py/a", "ä 云 <&> \x01\n")
    ask("read", "/py/a", quorum=True)
    ask("write", "/py/b", "4", prevValue="3")
    ask("write", "/py/a", None, dir=True, prevExist=False)
    ask("write", "/py/d", None, dir=True)
    ask("write", "/py/d", "1")
    ask("write", "/py/queue", "first", append=True)
    ask("write", "/py/queue", "second", append=True)
    ask("write", "/py/d/deep/er", "1", ttl=100)
    ask("refresh", "/py/d/deep/er", ttl=50)
    ask("set", "/py/s", 5)
    ask("delete", "/py/d")
    ask("delete", "/py/d", dir=True)
    listing = next(CLIENTS).read("/py", recursive=True, sorted=True, quorum=True)
    for node in listing.get_subtree():
        print("  " + show(node))
    print(sorted(leaf.key for leaf in listing.leaves))
    ask("delete", "/py/d", recursive=True)
    ask("pop", "/py/s")
    ask("pop", "/py/s")
    last = next(CLIENTS).read("/py/queue", recursive=True, sorted=True, quorum=True)
    print([leaf.value for leaf in last.leaves])
    kept = next(CLIENTS).read("/py/a", quorum=True)
    kept.value = "updated"
    ask("update", kept)
    # Its index is the old one.
    ask("update", kept)


def comparing():
    ask("write", "/py/c", "1")
    found = ask("test_and_set", "/py/c", "2", "1")
    ask("test_and_set", "/py/c", "3", "1")
    ask("test_and_set", "/py/none", "3", "1")
    ask("write", "/py/c", "4", prevIndex=found.modifiedIndex)
    ask("write", "/py/c", "5", prevIndex=found.modifiedIndex)
    ask("delete", "/py/c", prevValue="2")
    ask("delete", "/py/c", prevIndex=found.modifiedIndex)
    ask("delete", "/py/c", prevValue="4")


def begin(job):
    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    return thread


def waiting():
    begun = ask("write", "/py/w", "0").modifiedIndex
    ask("write", "/py/w", "1")
    ask("watch", "/py/w", index=begun)
    ask("watch", "/py", index=begun + 1, recursive=True)
    ask("watch", "/py/w", index=begun + 1000, timeout=0.2)

    # Told live, from wherever it is written.
    told = []

    def follow():
        client = etcd.Client(*SERVERS[-1])
        for result in client.eternal_watch("/py/w", index=begun, recursive=True):
            told.append(show(result))
            if result.value == "end":
                return

    follower = begin(follow)
    for count in range(5):
        ask("write", "/py/w", str(count))
    ask("delete", "/py/w")
    ask("write", "/py/w/below", "x", ttl=1)
    gone = etcd.Client(*SERVERS[0]).watch("/py/w/below", index=begun + 9)
    print("  " + show(gone))
    ask("write", "/py/w/below", "end")
    follower.join(20)
    print("\n".join(told))


def locks():
    """Two ask for one lock; the second gets it when the first gives it back."""
    first = etcd.Lock(etcd.Client(*SERVERS[0]), "lock")
    second = etcd.Lock(etcd.Client(*SERVERS[-1]), "lock")
    print(first.acquire(lock_ttl=60), first.is_acquired)
    print(second.acquire(blocking=False, lock_ttl=60), second.is_acquired)
    order = []

    def take():
        second.acquire(lock_ttl=60)
        order.append("the second has it")

    taker = begin(take)
    time.sleep(0.2)
    order.append("the first gives it back")
    first.release()
    taker.join(20)
    print(order, first.is_acquired, second.is_acquired)
    second.release()
    # One that is not given back runs out.
    third = etcd.Lock(etcd.Client(*SERVERS[0]), "lock")
    print(third.acquire(lock_ttl=1))
    with etcd.Lock(etcd.Client(*SERVERS[-1]), "lock") as fourth:
        print(fourth.is_acquired, third.is_acquired)


def servers():
    client = next(CLIENTS)
    print(client.version, client.cluster_version)
    print(len(client.machines) == len(SERVERS) == len(client.members))
    print(sorted(client.leader) == sorted(["id", "name", "peerURLs", "clientURLs"]))
    print(sorted(client.stats))
    print(sorted(client.store_stats))
    # It finds the others by itself, and goes on with them.
    many = etcd.Client(host=tuple(SERVERS), allow_reconnect=True)
    many.write("/py/many", "1")
    print(many.read("/py/many").value)


for part in [values, comparing, waiting, locks, servers]:
    print(f"-- {part.__name__}")
    part()
