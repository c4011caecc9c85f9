internal import Bytes

/// Formats a moment as HTTP's Date header wants it (RFC 9110, section 5.6.7): always 29 bytes.
///
///     Sun, 06 Nov 1994 08:49:37 GMT
///
/// By integer arithmetic alone: the calendar is H. Hinnant's `civil_from_days`, which counts years
/// from March so that the leap day comes last.
extension [UInt8] {
  /// Appends the date; `seconds` since 1970 in UTC, not before it and not after the year 9999.
  package mutating func append(httpDate seconds: Int) {
    precondition((0...253_402_300_799).contains(seconds), "no four-digit year")
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

  /// Appends a moment as RFC 3339 has it, in UTC, the fraction without trailing zeros:
  /// `2026-01-02T03:04:05.25Z`. One before 1970 or after the year 9999 is shown as that limit.
  package mutating func append(rfc3339 microseconds: Int64) {
    let moment = Swift.min(Swift.max(microseconds, 0), 253_402_300_799_999_999)
    let seconds = Int(moment / 1_000_000)
    let date = CivilDate(daysSince1970: seconds / 86_400)
    append(twoDigits: date.year / 100)
    append(twoDigits: date.year % 100)
    append(UInt8(ascii: "-"))
    append(twoDigits: date.month)
    append(UInt8(ascii: "-"))
    append(twoDigits: date.day)
    append(UInt8(ascii: "T"))
    append(timeOfDay: seconds % 86_400)
    var fraction = Int(moment % 1_000_000)
    if fraction > 0 {
      append(UInt8(ascii: "."))
      var place = 100_000
      while fraction > 0 {
        append(UInt8(ascii: "0") + UInt8(fraction / place))
        fraction %= place
        place /= 10
      }
    }
    append(UInt8(ascii: "Z"))
  }

  private mutating func append(timeOfDay seconds: Int) {
    append(twoDigits: seconds / 3600)
    append(UInt8(ascii: ":"))
    append(twoDigits: seconds / 60 % 60)
    append(UInt8(ascii: ":"))
    append(twoDigits: seconds % 60)
  }

  /// The three letters at `index` of a string of such names.
  private static func name(_ index: Int, of names: StaticString) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: names.utf8Start + 3 * index, count: 3)
  }

  private mutating func append(_ letters: UnsafeBufferPointer<UInt8>) {
    append(contentsOf: letters)
  }

  private mutating func append(twoDigits value: Int) {
    append(UInt8(ascii: "0") + UInt8(value / 10))
    append(UInt8(ascii: "0") + UInt8(value % 10))
  }
}

/// A day of the Gregorian calendar.
struct CivilDate: Hashable {
  let year: Int
  /// 1 to 12.
  let month: Int
  /// 1 to 31.
  let day: Int

  /// `days` since 1 January 1970, not before it.
  init(daysSince1970 days: Int) {
    // An era is 400 years, 146,097 days, from 1 March of a year that 400 divides.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = 400 * era + yearOfEra + (month <= 2 ? 1 : 0)
  }
}
