internal import JSON

/// Comparing bytes with the words of the protocol, without making a `String` of them.
extension Span<UInt8> {
  /// Whether these are the bytes of `text`, which is in lower case, in any mixture of ASCII cases.
  package func equals(ignoringCase text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let other = text.utf8Start
    for i in 0..<count where self[i].lowercased != other[i] { return false }
    return true
  }

  /// Whether a comma-separated list (RFC 9110, section 5.6.1) names `token`, in any case; `token`
  /// is in lower case.
  package func listContains(_ token: StaticString) -> Bool {
    var start = 0
    while start < count {
      let end = firstIndex(of: UInt8(ascii: ","), from: start) ?? count
      if extracting(trimmed(start..<end)).equals(ignoringCase: token) { return true }
      start = end + 1
    }
    return false
  }

  /// `range` without the spaces and tabs at both its ends (OWS, RFC 9110, section 5.6.3).
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, self[start].isSpaceOrTab { start += 1 }
    while start < end, self[end - 1].isSpaceOrTab { end -= 1 }
    return start..<end
  }

  /// Where `byte` first stands at or after `start`.
  func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    var i = start
    while i < count {
      if self[i] == byte { return i }
      i += 1
    }
    return nil
  }
}
