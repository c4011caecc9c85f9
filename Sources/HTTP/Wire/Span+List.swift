internal import Bytes

/// Reading the lists that some headers hold.
extension Span<UInt8> {
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
}
