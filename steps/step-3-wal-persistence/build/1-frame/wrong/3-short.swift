// It forgets that a line may be shorter than its prefix.
// says: is broken: invariant 7
// says: input:    "\n"
// says: seen:     the code stops the program
static func verify(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(Damage) -> Line {
  guard let newline = Platform.find(UInt8(ascii: "\n"), in: bytes, from: start) else {
    throw .unfinished
  }
  let covered = start + prefixLength..<newline
  guard let written = checksum(in: bytes, at: start) else { throw .notARecord }
  let computed = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[covered]))
  guard written == computed else { throw .checksum(expected: computed, found: written) }
  return Line(checksum: written, covered: covered)
}
