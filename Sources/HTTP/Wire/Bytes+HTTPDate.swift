internal import Bytes

/// Formats a moment as HTTP's Date header wants it (RFC 9110, section 5.6.7): always 29 bytes.
///
///     Sun, 06 Nov 1994 08:49:37 GMT
extension [UInt8] {
  /// Appends the date of `seconds` since 1970 in UTC; the nearest one there is before 1970 and
  /// after the year 9999: a machine whose clock is set so far wrong still serves.
  package mutating func append(httpDate seconds: Int) {
    let seconds = Swift.min(Swift.max(seconds, 0), 253_402_300_799)
    let days = seconds / 86_400
    let date = CivilDate(daysSince1970: days)
    append(Self.name((days + 4) % 7, of: "SunMonTueWedThuFriSat"))
    append(", ")
    append(twoDigits: date.day)
    append(.space)
    append(Self.name(date.month - 1, of: "JanFebMarAprMayJunJulAugSepOctNovDec"))
    append(.space)
    append(twoDigits: date.year / 100)
    append(twoDigits: date.year % 100)
    append(.space)
    append(timeOfDay: seconds % 86_400)
    append(" GMT")
  }

  /// The three letters at `index` of a string of such names.
  private static func name(_ index: Int, of names: StaticString) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: names.utf8Start + 3 * index, count: 3)
  }

  private mutating func append(_ letters: UnsafeBufferPointer<UInt8>) {
    append(contentsOf: letters)
  }
}
