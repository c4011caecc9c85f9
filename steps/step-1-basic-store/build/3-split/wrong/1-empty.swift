// A search that never finds, and a split that does nothing.
// says: invariant 1: a search finds a key's slot
// says: input:    search(10) in 10 20 30 40
// says: expected: 0 true
// says: seen:     0 false
struct SortedTreePage {
  func search(_ key: Element.Key) -> (slot: Int, found: Bool) {
    return (0, false)
  }
  func splitChild(_ slot: Int, epoch: Epoch) {
  }
}
