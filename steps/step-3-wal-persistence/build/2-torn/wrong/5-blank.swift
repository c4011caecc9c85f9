// It takes a blank for a line that no power cut leaves.
// says: invariant 3: a line of the same batch proves nothing
// says: input:    records 1 2 | 3 4 | 5 in three batches, 5 missing, blanks in place of 3
// says: expected: 1 batch, then a torn tail in line 3
// says: seen:     1 batch, then corruption in line 3
private func judge(_ damage: Damage, at offset: Int) -> Step {
  if case .blank = damage {
    guard let proof = findLaterBatch(from: offset + 1) else { return .corruption(stop(damage)) }
    return .corruption(stop(.provenDurable(damage, byBatch: proof.batch, at: proof.offset)))
  }
  switch damage {
  case .unfinished, .notARecord, .checksum:
    guard let proof = findLaterBatch(from: offset + 1) else { return .tornTail(stop(damage)) }
    return .corruption(stop(.provenDurable(damage, byBatch: proof.batch, at: proof.offset)))
  default:
    return .corruption(stop(damage))
  }
}
