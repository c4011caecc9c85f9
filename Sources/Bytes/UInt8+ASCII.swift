/// The classes of bytes that grammars speak of.
extension UInt8 {
  package static var carriageReturn: UInt8 { 0x0d }
  package static var lineFeed: UInt8 { 0x0a }
  package static var tab: UInt8 { 0x09 }
  package static var space: UInt8 { 0x20 }

  package var isSpaceOrTab: Bool { self == .space || self == .tab }

  /// A byte that may not stand in a line: below 0x20, but for the tab, and DEL.
  package var isControl: Bool { (self < 0x20 && self != .tab) || self == 0x7f }

  /// A byte of a token: a method, a header's name (RFC 9110, section 5.6.2).
  package var isToken: Bool {
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
  package var decimalValue: Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? Int(self - UInt8(ascii: "0")) : nil
  }

  /// An ASCII capital as its small letter; any other byte as it is.
  package var lowercased: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }

  package var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

  /// A plus or a minus.
  package var isSign: Bool { self == UInt8(ascii: "+") || self == UInt8(ascii: "-") }
}
