/// Numbers in hexadecimal: written in lower case, read in either.
extension [UInt8] {
  /// Appends `value`, with leading zeros up to `digits`.
  @inlinable package mutating func append(hex value: UInt64, digits: Int = 1) {
    let needed = (UInt64.bitWidth - value.leadingZeroBitCount + 3) / 4
    var shift = 4 * Swift.max(needed, digits)
    while shift > 0 {
      shift -= 4
      append(hexDigit: UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xf)
    }
  }

  /// Appends the digit of a value below 16.
  @inlinable package mutating func append(hexDigit value: UInt8) {
    append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
  }
}

extension String {
  /// `value`, with leading zeros up to `digits`.
  package init(hex value: UInt64, digits: Int = 1) {
    var bytes: [UInt8] = []
    bytes.append(hex: value, digits: digits)
    self.init(decoding: bytes, as: UTF8.self)
  }
}

extension UInt64 {
  /// The number that one to sixteen digits stand for; nil if there is anything else, a sign too.
  @inlinable package init?(hex digits: some Collection<UInt8>) {
    guard (1...16).contains(digits.count) else { return nil }
    self = 0
    for digit in digits {
      guard let value = digit.hexDigitValue else { return nil }
      self = self << 4 | UInt64(value)
    }
  }
}

extension UInt8 {
  /// The value of a hexadecimal digit of either case.
  @inlinable package var hexDigitValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
