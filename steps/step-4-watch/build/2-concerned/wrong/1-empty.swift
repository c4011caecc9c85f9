// It tells none.
// says: invariant 1: a watcher of the key is told, a watcher of another is not
// says: input:    put a; watchers a b
// says: expected: /a
// says: seen:     none
func concerned(by event: Event) -> [Watcher] {
  return []
}
