// It hides a name from its own watcher's directory only, one level too few.
// says: invariant 3: a hidden name is hidden from above, and not from itself
// says: input:    put a/_b; watchers /… a/… a/_b
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
      if event.removedDirectory != nil {
        found += watchers(beneath: current).filter { event.removes($0.request.path) }
      }
    } else if hiddenDepth <= depth + 1 {
      for watcher in current.watchers where watcher.request.isRecursive { found.append(watcher) }
    }
    node = name.flatMap { current.children[$0] }
    depth += 1
  }
  return found
}
