// It asks whether a backslash stands before the mark, which may be escaped itself.
// says: invariant 2: a mark behind a backslash is text, but a backslash may be escaped itself
// says: input:    \\"
// says: expected: ends at 2, has escapes
func endOfString(from start: Int) throws(JSONError) -> (end: Int, hasEscapes: Bool) {
  var hasEscapes = false
  var i = start
  while i < count {
    if self[i] == UInt8(ascii: "\\") { hasEscapes = true }
    if self[i] == UInt8(ascii: "\""), i == start || self[i - 1] != UInt8(ascii: "\\") {
      return (i, hasEscapes)
    }
    i += 1
  }
  throw JSONError(reason: .unexpectedEnd, offset: count)
}
