// It reads each escape by itself: a pair becomes two halves.
// says: invariant 7: a character past U+FFFF is two escapes
// says: input:    \ud83d\ude00
// says: expected: U+1F600 up to 12
// says: seen:     U+D83D up to 6
private func readUnicodeEscape(at start: Int) throws(JSONError) -> (scalar: UInt32, end: Int) {
  return (try readHex(at: start + 2), start + 6)
}
