// It forgets that an inner page has children.
// says: invariant 4: the children of an inner page go with the elements they stand beside
// says: expected: 15 and 15 elements, 16 and 16 children
// says: seen:     15 and 15 elements, 32 and 0 children
func splitChild(_ slot: Int, epoch: Epoch) {
  let left = writableChild(slot, epoch: epoch)
  let right = SortedTreePage(epoch: epoch)
  let middle = Self.most / 2
  right.elements = Array(left.elements[(middle + 1)...])
  elements.insert(left.elements[middle], at: slot)
  left.elements.removeSubrange(middle...)
  children.insert(right, at: slot + 1)
}
