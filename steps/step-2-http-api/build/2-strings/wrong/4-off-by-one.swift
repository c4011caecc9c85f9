// It forgets that what is past U+FFFF begins there.
// says: invariant 7: a character past U+FFFF is two escapes
// says: input:    \ud83d\ude00
// says: expected: U+1F600 up to 12
// says: seen:     U+F600 up to 12
private func readUnicodeEscape(at start: Int) throws(JSONError) -> (scalar: UInt32, end: Int) {
  let first = try readHex(at: start + 2)
  guard first & 0xf800 == 0xd800 else { return (first, start + 6) }
  guard first < 0xdc00, start + 7 < count, self[start + 6] == UInt8(ascii: "\\"),
    self[start + 7] == UInt8(ascii: "u")
  else { throw JSONError(reason: .loneSurrogate, offset: start) }
  let second = try readHex(at: start + 8)
  guard (0xdc00...0xdfff).contains(second) else {
    throw JSONError(reason: .loneSurrogate, offset: start)
  }
  return ((first - 0xd800) << 10 + (second - 0xdc00), start + 12)
}
