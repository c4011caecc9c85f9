// It never gets past the first thing that looks like a line.
// says: is broken: invariant 2
// says: seen:     the code does not come to an end
private func findLaterBatch(from start: Int) -> (batch: UInt64, offset: Int)? {
  while let place = LineFrame.findPrefix(in: bytes, from: start) {
    if let line = try? Envelope(verifying: bytes, at: place), line.batch > batch + 1 {
      return (line.batch, place)
    }
    if place < 0 { return nil }
  }
  return nil
}
