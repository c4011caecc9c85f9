// It does not say why this is no torn tail.
// says: invariant 2: a later batch proves that this one was synced, and acknowledged: corruption
// says: expected: 1 batch, then corruption in line 3, as a later batch proves
// says: seen:     1 batch, then corruption in line 3
private func judge(_ damage: Damage, at offset: Int) -> Step {
  switch damage {
  case .unfinished, .blank, .notARecord, .checksum:
    return findLaterBatch(from: offset + 1) == nil
      ? .tornTail(stop(damage)) : .corruption(stop(damage))
  default:
    return .corruption(stop(damage))
  }
}
