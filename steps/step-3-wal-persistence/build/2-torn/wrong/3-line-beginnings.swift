// It looks where lines begin, and so misses one whose beginning is hidden.
// says: invariant 4: the proof may be anywhere: damage can hide the beginning of a line
// says: input:    records 1 2 | 3 4 | 5 in three batches, the line end of 4 changed
// says: expected: 1 batch, then corruption in line 4
private func findLaterBatch(from start: Int) -> (batch: UInt64, offset: Int)? {
  var start = start
  while let end = bytes[start...].firstIndex(of: 0x0a) {
    start = end + 1
    if let line = try? Envelope(verifying: bytes, at: start), line.batch > batch + 1 {
      return (line.batch, start)
    }
  }
  return nil
}
