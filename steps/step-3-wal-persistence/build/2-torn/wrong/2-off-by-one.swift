// It takes a line of the same batch for a proof.
// says: invariant 3: a line of the same batch proves nothing
// says: expected: 1 batch, then a torn tail in line 3
// says: seen:     1 batch, then corruption in line 3
private func findLaterBatch(from start: Int) -> (batch: UInt64, offset: Int)? {
  var start = start
  while let place = LineFrame.findPrefix(in: bytes, from: start) {
    if let line = try? Envelope(verifying: bytes, at: place), line.batch > batch {
      return (line.batch, place)
    }
    start = place + 1
  }
  return nil
}
