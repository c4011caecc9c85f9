import Bytes

/// Numbers, which JSON writes without saying what they are to be kept in.
extension JSONValue {
  /// The number, if it is written without fraction and exponent and fits; it is never rounded.
  public var int64: Int64? {
    guard isNumber else { return nil }
    let digits = text
    guard digits.first == UInt8(ascii: "-") else {
      return Self.magnitude(digits).flatMap { Int64(exactly: $0) }
    }
    guard let magnitude = Self.magnitude(digits.dropFirst()) else { return nil }
    return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
  }

  /// The number, if it is written without sign, fraction and exponent and fits.
  public var uint64: UInt64? {
    isNumber ? Self.magnitude(text) : nil
  }

  /// The number nearest to what is written; nil if that is past the largest.
  ///
  /// Goes through `String`; for what is not hot.
  public var double: Double? {
    guard isNumber, let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite
    else { return nil }
    return number
  }

  /// The value of a string of digits and nothing else; nil also if it does not fit.
  private static func magnitude(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for byte in digits {
      guard byte.isDigit else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }
}
