/// Comparing bytes with words, without making a `String` of them.
extension Span<UInt8> {
  /// Whether these are exactly the bytes of `text`.
  package func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let other = text.utf8Start
    for i in 0..<count where self[i] != other[i] { return false }
    return true
  }

  /// Whether these begin with the bytes of `text`.
  package func starts(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && extracting(first: text.utf8CodeUnitCount).equals(text)
  }
}
