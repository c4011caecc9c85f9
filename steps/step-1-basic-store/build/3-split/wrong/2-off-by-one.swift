// The middle element stays in the right half, and so is there twice.
// says: invariant 2: a full page becomes two halves, with its middle element between them above
// says: input:    a leaf of 0...30
// says: expected: 15 above 0...14 (15), 16...30 (15)
// says: seen:     15 above 0...14 (15), 15...30 (16)
func splitChild(_ slot: Int, epoch: Epoch) {
  let left = writableChild(slot, epoch: epoch)
  let right = SortedTreePage(epoch: epoch)
  let middle = Self.most / 2
  right.elements = Array(left.elements[middle...])
  elements.insert(left.elements[middle], at: slot)
  left.elements.removeSubrange(middle...)
  children.insert(right, at: slot + 1)
}
