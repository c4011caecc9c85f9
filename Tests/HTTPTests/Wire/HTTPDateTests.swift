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

  @Test(arguments: [
    (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (Int.min, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT"),
    (Int.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
  ])
  func `are the nearest there is for a clock that is set far wrong`(seconds: Int, text: String) {
    var out: [UInt8] = []
    out.append(httpDate: seconds)
    #expect(String(decoding: out, as: UTF8.self) == text)
  }
}
