/// One value, or one member's name, of a parsed text: what it is, and where it stands.
///
/// A text becomes a flat array of these, in the order they begin:
///
///     { "a" : [ 1 , 2 ] , "b" : null }
///
///     index  kind    next      `next` is the index of the first token after the value
///     0      object  7         and all it contains, so that skipping a value is one step.
///     1      string  2         A member is two tokens: the name, then the value.
///     2      array   5
///     3      number  4
///     4      number  5
///     5      string  6
///     6      null    7
///
/// One array, no tree: nothing is allocated for each value, nothing frees itself recursively, and
/// the array can be used again for the next text.
struct JSONToken: Sendable {
  enum Kind: UInt8 {
    case null, `false`, `true`, number, array, object
    /// A string whose bytes mean themselves.
    case string
    /// A string with backslashes in it.
    case escapedString
  }

  var kind: Kind
  /// The first byte of the text; of a string, the first after its quotation mark.
  var start: UInt32
  /// After the last byte of the text; of a string, the closing quotation mark.
  var end: UInt32
  /// The index of the next token that is not part of this value. While a container is open, that of
  /// the container around it, ``none`` for the outermost: the array is its own stack.
  var next: UInt32

  static let none = UInt32.max
  /// All there is to a text of `null`.
  static let null = JSONToken(.null, 0..<0, next: 1)

  init(_ kind: Kind, _ range: Range<Int>, next: UInt32) {
    self.kind = kind
    self.start = UInt32(truncatingIfNeeded: range.lowerBound)
    self.end = UInt32(truncatingIfNeeded: range.upperBound)
    self.next = next
  }

  var range: Range<Int> { Int(start)..<Int(end) }
}
