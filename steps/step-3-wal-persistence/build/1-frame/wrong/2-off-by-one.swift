// The checksum covers the line end as well.
// says: invariant 1: sealing ends the line, and returns the checksum
// says: input:    seal
// says: expected: {"crc":"
static func seal(_ bytes: inout [UInt8], from start: Int) -> UInt32 {
  bytes.append(UInt8(ascii: "\n"))
  return bytes.withUnsafeMutableBytes { bytes in
    let covered = start + prefixLength..<bytes.count
    let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[covered]))
    var rest = checksum
    for place in digits.reversed() {
      let digit = UInt8(truncatingIfNeeded: rest & 0xf)
      bytes[start + place] = digit < 10 ? 0x30 + digit : 0x57 + digit
      rest >>= 4
    }
    return checksum
  }
}
