// It forgets those beneath a removed directory.
// says: invariant 4: the removal of a directory is told to every watcher whose key it took
// says: expected: /d /d/x /d/y /d/y/z
// says: seen:     /d
func concerned(by event: Event) -> [Watcher] {
  var found: [Watcher] = []
  let hiddenDepth = event.path.deepestHiddenName
  var node: WatchNode? = root
  var depth = 0
  var names = event.path.segments
  while let current = node {
    let name = names.next()
    if name == nil {
      found.append(contentsOf: current.watchers)
    } else if hiddenDepth <= depth {
      for watcher in current.watchers where watcher.request.isRecursive { found.append(watcher) }
    }
    node = name.flatMap { current.children[$0] }
    depth += 1
  }
  return found
}
