/// The classes of bytes that grammars speak of.
extension UInt8 {
  @inlinable package static var carriageReturn: UInt8 { 0x0d }
  @inlinable package static var lineFeed: UInt8 { 0x0a }
  @inlinable package static var tab: UInt8 { 0x09 }
  @inlinable package static var space: UInt8 { 0x20 }

  @inlinable package var isSpaceOrTab: Bool { self == .space || self == .tab }

  /// A byte that may not stand in a line: below 0x20, but for the tab, and DEL.
  @inlinable package var isControl: Bool { (self < 0x20 && self != .tab) || self == 0x7f }

  /// A byte of a token: a method, a header's name (RFC 9110, section 5.6.2).
  @inlinable package var isToken: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      // ^ _ ` and the small letters; # $ % & '; * +; - .
      UInt8(ascii: "^")...UInt8(ascii: "z"), UInt8(ascii: "#")...UInt8(ascii: "'"),
      UInt8(ascii: "*")...UInt8(ascii: "+"), UInt8(ascii: "-")...UInt8(ascii: "."),
      UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// The value of a decimal digit.
  @inlinable package var decimalValue: Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? Int(self - UInt8(ascii: "0")) : nil
  }

  /// An ASCII capital as its small letter; any other byte as it is.
  @inlinable package var lowercased: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }

  @inlinable package var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

  /// A plus or a minus.
  @inlinable package var isSign: Bool { self == UInt8(ascii: "+") || self == UInt8(ascii: "-") }
}
