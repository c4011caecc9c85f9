import Bytes
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Moments as text` {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
      (1_796_011_262_345_678, "2026-11-30T04:01:02.345678Z", "2026-11-30T04:01:02.345Z"),
      (1_796_011_262_250_000, "2026-11-30T04:01:02.25Z", "2026-11-30T04:01:02.250Z"),
      (1_796_011_262_000_999, "2026-11-30T04:01:02.000999Z", "2026-11-30T04:01:02.000Z"),
      (951_782_400_900_000, "2000-02-29T00:00:00.9Z", "2000-02-29T00:00:00.900Z"),
      (-1, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
      (.max, "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"),
    ] as [(Int64, String, String)])
  func `are written as RFC 3339 says`(microseconds: Int64, exact: String, rounded: String) {
    var (out, milliseconds): ([UInt8], [UInt8]) = ([], [])
    out.append(rfc3339: microseconds)
    milliseconds.append(rfc3339Milliseconds: microseconds)
    #expect(String(decoding: out, as: UTF8.self) == exact)
    #expect(String(decoding: milliseconds, as: UTF8.self) == rounded)
  }

  /// Walks a calendar of its own, one day at a time, from 1970 to 2500: every leap rule is met.
  @Test func `agree with a calendar counted day by day`() {
    var year = 1970
    var month = 1
    var day = 1
    for days in 0..<193_600 {
      let date = CivilDate(daysSince1970: days)
      #expect((date.year, date.month, date.day) == (year, month, day))
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[month - 1] {
        day = 1
        month += 1
      }
      if month > 12 {
        month = 1
        year += 1
      }
    }
  }
}
