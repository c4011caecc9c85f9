internal import Bytes

/// Finds the lines of a head in bytes that arrive in pieces.
///
/// A line ends at CR LF and holds no control byte but the tab, so one search for the first control
/// byte both finds the end and proves the rest clean. How far the search came is remembered: bytes
/// that arrive one at a time are still looked at once.
struct LineReader: Sendable {
  /// Where the next line begins.
  private(set) var position = 0
  /// Up to here the next line is known to hold no control byte.
  private(set) var searched = 0

  mutating func reset() {
    position = 0
    searched = 0
  }

  /// The next line without its end; nil if its end has not come yet.
  ///
  /// - Throws: ``WireError/controlByte``; ``WireError/headTooLarge`` if it goes on past `limit`.
  mutating func next(in bytes: Span<UInt8>, limit: Int) throws(WireError) -> Range<Int>? {
    let end = min(bytes.count, limit)
    let control = bytes.firstControl(from: searched, to: end)
    searched = control
    if control < end, bytes[control] != .carriageReturn { throw .controlByte }
    guard control + 1 < end else {
      if end == limit { throw .headTooLarge }
      return nil
    }
    guard bytes[control + 1] == .lineFeed else { throw .controlByte }
    let line = position..<control
    position = control + 2
    searched = position
    return line
  }
}

extension Span<UInt8> {
  /// Where the first control byte stands in `start..<end`, else `end`. Eight bytes at a time.
  func firstControl(from start: Int, to end: Int) -> Int {
    var i = start
    while i + 8 <= end {
      let word = Word(self, at: i)
      let flags = word.below0x20 | word.equal(to: 0x7f)
      if flags == 0 {
        i += 8
      } else {
        i += Word.firstFlagged(flags)
        if self[i] != .tab { return i }
        i += 1
      }
    }
    while i < end, !self[i].isControl { i += 1 }
    return i
  }
}
