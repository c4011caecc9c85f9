import Platform

/// Newlines without lines: what a log is padded with.
enum Blanks {
  static let byte = UInt8(ascii: "\n")

  /// Whether there is nothing else from `start`, which is not the end, to the end.
  static func fill(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
    guard let base = bytes.baseAddress, bytes[start] == byte else { return false }
    // Each byte is the one after it.
    return Platform.areEqual(base + start, base + start + 1, count: bytes.count - start - 1)
  }

  /// `bytes` without those at its end; the end of its last line is left.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let last = bytes.lastIndex { $0 != byte } ?? bytes.startIndex
    return bytes[...min(last + 1, bytes.endIndex - 1)]
  }
}
