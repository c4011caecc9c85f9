// It tells none.
// says: invariant 1: who watches the key is told, and who watches another is not
// says: input:    put a; watchers a b
// says: expected: /a
// says: seen:     none
func concerned(by event: Event) -> [Watcher] {
  return []
}
