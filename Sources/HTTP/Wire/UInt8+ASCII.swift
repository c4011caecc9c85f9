/// The classes of bytes that HTTP's grammar speaks of.
extension UInt8 {
  static var carriageReturn: UInt8 { 0x0d }
  static var lineFeed: UInt8 { 0x0a }
  static var tab: UInt8 { 0x09 }
  static var space: UInt8 { 0x20 }

  var isSpaceOrTab: Bool { self == .space || self == .tab }

  /// A byte that may not stand in a line: below 0x20, but for the tab, and DEL.
  var isControl: Bool { (self < 0x20 && self != .tab) || self == 0x7f }

  /// A byte of a token: a method, a header's name (RFC 9110, section 5.6.2).
  var isToken: Bool {
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
  var decimalValue: Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? Int(self - UInt8(ascii: "0")) : nil
  }

  /// An ASCII capital as its small letter; any other byte as it is.
  var lowercased: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }
}
