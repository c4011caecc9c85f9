internal import Bytes

/// The headers that the protocol itself, or nearly every request, needs to find at once.
package enum HeaderName: UInt8, Sendable {
  case connection, contentLength, contentType, expect, host, transferEncoding, upgrade
  /// Any other; found by its bytes.
  case other

  init(_ name: Span<UInt8>) {
    self =
      switch name.count {
      case 4: name.equals(ignoringCase: "host") ? .host : .other
      case 6: name.equals(ignoringCase: "expect") ? .expect : .other
      case 7: name.equals(ignoringCase: "upgrade") ? .upgrade : .other
      case 10: name.equals(ignoringCase: "connection") ? .connection : .other
      case 12: name.equals(ignoringCase: "content-type") ? .contentType : .other
      case 14: name.equals(ignoringCase: "content-length") ? .contentLength : .other
      case 17: name.equals(ignoringCase: "transfer-encoding") ? .transferEncoding : .other
      default: .other
      }
  }
}

/// One header line: where its name and its value stand in the bytes it was parsed from.
package struct HeaderField: Hashable, Sendable {
  package let known: HeaderName
  package let name: Range<Int>
  /// Without the space around it. May be empty.
  package let value: Range<Int>
}

/// A head's headers in the order they came: ranges into the caller's bytes, no copy of any.
///
/// The array is kept from one request to the next, so that a connection allocates it once.
package struct HeaderFields: Hashable, Sendable {
  package private(set) var fields: [HeaderField] = []

  package init() {}

  /// The value of the first header known as `name`.
  package func first(_ name: HeaderName) -> Range<Int>? {
    for field in fields where field.known == name { return field.value }
    return nil
  }

  /// The value of the first header called `name`, which is given in lower case and sought in any;
  /// `bytes` are those the head was parsed from.
  package func first(_ name: StaticString, in bytes: Span<UInt8>) -> Range<Int>? {
    for field in fields where bytes.extracting(field.name).equals(ignoringCase: name) {
      return field.value
    }
    return nil
  }

  mutating func removeAll() { fields.removeAll(keepingCapacity: true) }

  /// Takes one line of `bytes`, without its line end (RFC 9112, section 5).
  mutating func append(
    line: Range<Int>, in bytes: Span<UInt8>, limit: Int
  ) throws(WireError) -> HeaderField {
    guard fields.count < limit else { throw .tooManyHeaders }
    let field = try HeaderField(line: line, in: bytes)
    fields.append(field)
    return field
  }
}

extension HeaderField {
  /// Splits `name: value`. The line is known to hold no control bytes.
  init(line: Range<Int>, in bytes: Span<UInt8>) throws(WireError) {
    guard !bytes[line.lowerBound].isSpaceOrTab else { throw .foldedHeader }
    var colon = line.lowerBound
    while colon < line.upperBound, bytes[colon].isToken { colon += 1 }
    guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":") else {
      throw .malformedHeaderName
    }
    name = line.lowerBound..<colon
    value = bytes.trimmed(colon + 1..<line.upperBound)
    known = HeaderName(bytes.extracting(name))
  }
}
