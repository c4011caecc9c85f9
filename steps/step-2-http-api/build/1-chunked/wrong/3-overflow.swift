// It forgets that a size can be too large for a number.
// says: invariant 5: a size has one to sixteen hexadecimal digits, and fits 63 bits
// says: input:    "8000000000000000\r\n"
// says: expected: the error malformedChunk
private mutating func takeSize(_ byte: UInt8, digits: Int) throws(WireError) {
  if let digit = byte.hexDigitValue {
    remaining = remaining << 4 | Int(digit)
    state = .size(digits: digits + 1)
  } else if digits == 0 {
    throw .malformedChunk
  } else if byte == .carriageReturn {
    state = .sizeLineFeed
  } else {
    state = .spaceAfterSize
    try takeExtension(byte)
  }
}
