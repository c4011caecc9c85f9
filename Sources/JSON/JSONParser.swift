import Bytes

/// Makes the tokens of a text (RFC 8259), in one pass and without recursion: depth costs no stack.
struct JSONParser {
  private var tokens: [JSONToken]
  private var position = 0
  /// The innermost container not closed yet.
  private var open = JSONToken.none
  private var depth = 0

  /// Parses `bytes`; `tokens` is emptied and filled.
  static func parse(_ bytes: Span<UInt8>, into tokens: inout [JSONToken]) throws(JSONError) {
    var parser = JSONParser(reusing: &tokens)
    guard bytes.count < JSONToken.none else { throw parser.error(.tooLong) }
    try parser.readValues(bytes)
    parser.skipSpace(bytes)
    guard parser.position == bytes.count else { throw parser.error(.trailingBytes) }
    tokens = parser.tokens
  }

  /// Takes over the memory of `tokens`.
  private init(reusing tokens: inout [JSONToken]) {
    self.tokens = []
    swap(&self.tokens, &tokens)
    self.tokens.removeAll(keepingCapacity: true)
    self.tokens.reserveCapacity(16)
  }

  /// Reads one value with all it contains: what begins a value, then what may follow one, in turns.
  private mutating func readValues(_ bytes: Span<UInt8>) throws(JSONError) {
    repeat {
      let byte = try next(bytes)
      switch byte {
      case UInt8(ascii: "{"):
        try begin(.object)
        guard try next(bytes) == UInt8(ascii: "}") else {
          try readName(bytes)
          continue
        }
        close()
      case UInt8(ascii: "["):
        try begin(.array)
        guard try next(bytes) == UInt8(ascii: "]") else { continue }
        close()
      default:
        try readScalar(byte, bytes)
      }
      try readAfterValue(bytes)
    } while open != JSONToken.none
  }

  /// After a value: closes the containers that end here, or passes the comma before the next value.
  private mutating func readAfterValue(_ bytes: Span<UInt8>) throws(JSONError) {
    while open != JSONToken.none {
      let byte = try next(bytes)
      let isObject = tokens[Int(open)].kind == .object
      if byte == UInt8(ascii: ",") {
        position += 1
        if isObject {
          _ = try next(bytes)
          try readName(bytes)
        }
        return
      }
      guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw error(.unexpectedByte)
      }
      close()
    }
  }

  private mutating func begin(_ kind: JSONToken.Kind) throws(JSONError) {
    guard depth < JSONDocument.maximumDepth else { throw error(.tooDeep) }
    depth += 1
    let index = UInt32(tokens.count)
    tokens.append(JSONToken(kind, position..<position, next: open))
    open = index
    position += 1
  }

  private mutating func close() {
    position += 1
    depth -= 1
    let index = Int(open)
    open = tokens[index].next
    tokens[index].end = UInt32(truncatingIfNeeded: position)
    tokens[index].next = UInt32(tokens.count)
  }

  /// A member's name and the colon after it.
  private mutating func readName(_ bytes: Span<UInt8>) throws(JSONError) {
    guard bytes[position] == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
    try readString(bytes)
    guard try next(bytes) == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
    position += 1
  }

  private mutating func readScalar(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONError) {
    switch byte {
    case UInt8(ascii: "\""): try readString(bytes)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try readNumber(bytes)
    case UInt8(ascii: "t"): try readWord("true", .true, bytes)
    case UInt8(ascii: "f"): try readWord("false", .false, bytes)
    case UInt8(ascii: "n"): try readWord("null", .null, bytes)
    default: throw error(.unexpectedByte)
    }
  }

  private mutating func readWord(
    _ word: StaticString, _ kind: JSONToken.Kind, _ bytes: Span<UInt8>
  ) throws(JSONError) {
    let start = position
    for i in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count else { throw error(.unexpectedEnd) }
      guard bytes[position] == word.utf8Start[i] else { throw error(.unexpectedByte) }
      position += 1
    }
    append(kind, start..<position)
  }

  /// `-`? then `0`, or digits that do not begin with it, then fraction and exponent (section 6).
  private mutating func readNumber(_ bytes: Span<UInt8>) throws(JSONError) {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
      position += 1
    } else {
      try readDigits(bytes)
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      try readDigits(bytes)
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position].isSign {
        position += 1
      }
      try readDigits(bytes)
    }
    append(.number, start..<position)
  }

  /// One digit or more.
  private mutating func readDigits(_ bytes: Span<UInt8>) throws(JSONError) {
    let start = position
    while position < bytes.count, bytes[position].isDigit { position += 1 }
    guard position > start else {
      throw error(position < bytes.count ? .malformedNumber : .unexpectedEnd)
    }
  }

  private mutating func readString(_ bytes: Span<UInt8>) throws(JSONError) {
    let start = position + 1
    let string = try bytes.endOfString(from: start)
    position = string.end + 1
    append(string.hasEscapes ? .escapedString : .string, start..<string.end)
  }

  private mutating func append(_ kind: JSONToken.Kind, _ range: Range<Int>) {
    tokens.append(JSONToken(kind, range, next: UInt32(tokens.count + 1)))
  }

  /// The next byte that is not a space, without consuming it.
  private mutating func next(_ bytes: Span<UInt8>) throws(JSONError) -> UInt8 {
    skipSpace(bytes)
    guard position < bytes.count else { throw error(.unexpectedEnd) }
    return bytes[position]
  }

  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
        position += 1
      default: return
      }
    }
  }

  private func error(_ reason: JSONError.Reason) -> JSONError {
    JSONError(reason: reason, offset: position)
  }
}
