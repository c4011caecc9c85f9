// It writes to a page that a reader may hold.
// says: invariant 5: a page of an earlier epoch does not change: a reader may hold it
// says: expected: 0...30 (31)
// says: seen:     0...14 (15)
func splitChild(_ slot: Int, epoch: Epoch) {
  let left = children[slot]
  let right = SortedTreePage(epoch: epoch)
  let middle = Self.most / 2
  right.elements = Array(left.elements[(middle + 1)...])
  elements.insert(left.elements[middle], at: slot)
  left.elements.removeSubrange(middle...)
  if !left.isLeaf {
    right.children = Array(left.children[(middle + 1)...])
    left.children.removeSubrange((middle + 1)...)
  }
  children.insert(right, at: slot + 1)
}
