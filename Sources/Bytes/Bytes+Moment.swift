/// Formats a moment as RFC 3339 has it, in UTC: `2026-01-02T03:04:05Z`.
///
/// By integer arithmetic alone; a moment before 1970 or after the year 9999 is shown as that limit.
extension [UInt8] {
  /// Appends a moment, the fraction without trailing zeros: `2026-01-02T03:04:05.25Z`.
  package mutating func append(rfc3339 microseconds: Int64) {
    var fraction = append(dateAndTime: microseconds)
    if fraction > 0 { append(UInt8(ascii: ".")) }
    var place = 100_000
    while fraction > 0 {
      append(UInt8(ascii: "0") + UInt8(fraction / place))
      fraction %= place
      place /= 10
    }
    append(UInt8(ascii: "Z"))
  }

  /// Appends a moment to the millisecond, always 24 bytes: `2026-01-02T03:04:05.250Z`.
  package mutating func append(rfc3339Milliseconds microseconds: Int64) {
    let milliseconds = append(dateAndTime: microseconds) / 1_000
    append(UInt8(ascii: "."))
    append(UInt8(ascii: "0") + UInt8(milliseconds / 100))
    append(twoDigits: milliseconds % 100)
    append(UInt8(ascii: "Z"))
  }

  /// Appends `2026-01-02T03:04:05`, and returns the microseconds that are left.
  private mutating func append(dateAndTime microseconds: Int64) -> Int {
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
    return Int(moment % 1_000_000)
  }

  /// Appends `03:04:05`, of the seconds since midnight.
  package mutating func append(timeOfDay seconds: Int) {
    append(twoDigits: seconds / 3600)
    append(UInt8(ascii: ":"))
    append(twoDigits: seconds / 60 % 60)
    append(UInt8(ascii: ":"))
    append(twoDigits: seconds % 60)
  }

  /// Appends a number from 0 to 99.
  package mutating func append(twoDigits value: Int) {
    append(UInt8(ascii: "0") + UInt8(value / 10))
    append(UInt8(ascii: "0") + UInt8(value % 10))
  }
}

/// A day of the Gregorian calendar.
///
/// By H. Hinnant's `civil_from_days`, which counts years from March so that the leap day comes
/// last.
package struct CivilDate: Hashable {
  package let year: Int
  /// 1 to 12.
  package let month: Int
  /// 1 to 31.
  package let day: Int

  /// `days` since 1 January 1970, not before it.
  package init(daysSince1970 days: Int) {
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
