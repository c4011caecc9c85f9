/// A percent sign that two hexadecimal digits do not follow.
package struct PercentError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sign and what follows it, at most three bytes.
  package let escape: [UInt8]

  package init(escape: [UInt8]) { self.escape = escape }

  /// Go's words: `invalid URL escape "%zz"`.
  package var reason: String {
    "invalid URL escape \"\(String(decoding: escape, as: UTF8.self))\""
  }

  package var description: String { reason }
}

extension [UInt8] {
  /// Appends `text` with its percent escapes resolved (RFC 3986, section 2.1).
  ///
  /// - Parameter plusIsSpace: in a query and a form a plus sign means a space; in a path, itself.
  package mutating func append(
    percentDecoding text: Span<UInt8>, plusIsSpace: Bool
  ) throws(PercentError) {
    reserveCapacity(count + text.count)
    var i = 0
    while i < text.count {
      guard let (byte, length) = text.decodedByte(at: i, plusIsSpace: plusIsSpace) else {
        let end = Swift.min(i + 3, text.count)
        throw PercentError(escape: [UInt8](copying: text.extracting(i..<end)))
      }
      append(byte)
      i += length
    }
  }

  /// Appends `path` with every byte that may not stand in a URL's path as a percent escape with
  /// capital digits (RFC 3986, section 3.3); slashes stay.
  package mutating func append(percentEncodingPath path: Span<UInt8>) {
    let digits: StaticString = "0123456789ABCDEF"
    for i in 0..<path.count {
      let byte = path[i]
      if byte.isPathByte {
        append(byte)
      } else {
        append(UInt8(ascii: "%"))
        append(digits.utf8Start[Int(byte >> 4)])
        append(digits.utf8Start[Int(byte & 0xf)])
      }
    }
  }
}

extension Span<UInt8> {
  /// The byte that the text at `index` stands for, and how many bytes of text that takes; nil at
  /// the end and for a malformed escape.
  @inlinable
  package func decodedByte(at index: Int, plusIsSpace: Bool) -> (byte: UInt8, length: Int)? {
    guard index < count else { return nil }
    switch self[index] {
    case UInt8(ascii: "+") where plusIsSpace:
      return (.space, 1)
    case UInt8(ascii: "%"):
      guard index + 2 < count, let high = self[index + 1].hexDigitValue,
        let low = self[index + 2].hexDigitValue
      else { return nil }
      return (high << 4 | low, 3)
    case let byte:
      return (byte, 1)
    }
  }
}

extension UInt8 {
  /// A byte that stands for itself in a URL's path.
  fileprivate var isPathByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "@")...UInt8(ascii: "Z"),
      UInt8(ascii: "&")...UInt8(ascii: ";"), UInt8(ascii: "!"), UInt8(ascii: "$"),
      UInt8(ascii: "="), UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
