import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Dates on the wire` {
  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
    (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
  ])
  func `are written as RFC 9110, section 5.6.7 says`(seconds: Int, text: String) {
    var out: [UInt8] = []
    out.append(httpDate: seconds)
    #expect(String(decoding: out, as: UTF8.self) == text)
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
