/// Comparing bytes with words, without making a `String` of them.
extension Span<UInt8> {
  /// Whether these are exactly the bytes of `text`.
  @inlinable package func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let other = text.utf8Start
    for i in 0..<count where self[i] != other[i] { return false }
    return true
  }

  /// Whether these begin with the bytes of `text`.
  @inlinable package func starts(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && extracting(first: text.utf8CodeUnitCount).equals(text)
  }

  /// Whether these are the bytes of `text`, which is in lower case, in any mixture of ASCII cases.
  @inlinable package func equals(ignoringCase text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let other = text.utf8Start
    for i in 0..<count where self[i].lowercased != other[i] { return false }
    return true
  }

  /// `range` without the spaces and tabs at both its ends (OWS, RFC 9110, section 5.6.3).
  @inlinable package func trimmed(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, self[start].isSpaceOrTab { start += 1 }
    while start < end, self[end - 1].isSpaceOrTab { end -= 1 }
    return start..<end
  }

  /// Where `byte` first stands at or after `start`.
  @inlinable package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    var i = start
    while i < count {
      if self[i] == byte { return i }
      i += 1
    }
    return nil
  }
}
