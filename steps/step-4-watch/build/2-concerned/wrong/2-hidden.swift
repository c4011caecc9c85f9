// It forgets that names may be hidden.
// says: invariant 3: a hidden name is hidden from above, and not from itself
// says: input:    put a/_b; watchers /… a/… a/_b
// says: expected: /a/_b
// says: seen:     /a/_b /a/… /…
func concerned(by event: Event) -> [Watcher] {
  var found: [Watcher] = []
  var node: WatchNode? = root
  var names = event.path.segments
  while let current = node {
    let name = names.next()
    if name == nil {
      found.append(contentsOf: current.watchers)
      if event.removedDirectory != nil {
        found += watchers(beneath: current).filter { event.removes($0.request.path) }
      }
    } else {
      for watcher in current.watchers where watcher.request.isRecursive { found.append(watcher) }
    }
    node = name.flatMap { current.children[$0] }
  }
  return found
}
