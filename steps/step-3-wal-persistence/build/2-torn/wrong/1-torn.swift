// All damage is a torn tail: what was acknowledged is cut off.
// says: invariant 2: a later batch proves that this one was synced, and acknowledged: corruption
// says: input:    records 1 2 | 3 4 | 5 in three batches, a byte of 3 changed
// says: expected: 1 batch, then corruption in line 3
// says: seen:     1 batch, then a torn tail in line 3
private func judge(_ damage: Damage, at offset: Int) -> Step {
  return .tornTail(stop(damage))
}
