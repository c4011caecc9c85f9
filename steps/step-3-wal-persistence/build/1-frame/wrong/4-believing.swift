// It reads the checksum and compares it with nothing.
// says: invariant 8: any byte that changes is noticed
// says: expected: refused
static func verify(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(Damage) -> Line {
  guard let newline = Platform.find(UInt8(ascii: "\n"), in: bytes, from: start) else {
    throw .unfinished
  }
  let covered = start + prefixLength..<max(newline, start + prefixLength)
  guard covered.upperBound == newline, let written = checksum(in: bytes, at: start) else {
    throw .notARecord
  }
  return Line(checksum: written, covered: covered)
}
