import RunSupport
import Testing

@testable import Bytes

/// Go's duration syntax; the tables follow the tests of Go's `time.ParseDuration`.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct DurationTests {
  static let accepted: [(String, Duration)] = [
    ("0", .zero), ("-0", .zero), ("+0", .zero), ("0s", .zero), ("0h", .zero),
    ("5s", .seconds(5)), ("30s", .seconds(30)), ("1478s", .seconds(1478)),
    ("-5s", .seconds(-5)), ("+5s", .seconds(5)),
    ("5.0s", .seconds(5)), ("5.6s", .milliseconds(5600)), ("5.s", .seconds(5)),
    (".5s", .milliseconds(500)), ("1.0s", .seconds(1)), ("1.00s", .seconds(1)),
    ("1.004s", .milliseconds(1004)), ("1.0040s", .milliseconds(1004)),
    ("100.00100s", .milliseconds(100_001)),
    ("10ns", .nanoseconds(10)), ("11us", .microseconds(11)),
    ("12µs", .microseconds(12)), ("12μs", .microseconds(12)),
    ("13ms", .milliseconds(13)), ("250ms", .milliseconds(250)),
    ("14s", .seconds(14)), ("15m", .seconds(900)), ("16h", .seconds(57_600)),
    ("3h30m", .seconds(12_600)), ("1m30s", .seconds(90)),
    ("10.5s4m", .milliseconds(250_500)),
    ("-2m3.4s", .milliseconds(-123_400)),
    ("1h2m3s4ms5us6ns", .seconds(3723) + .nanoseconds(4_005_006)),
    ("39h9m14.425s", .milliseconds(140_954_425)),
    ("52763797000ns", .nanoseconds(52_763_797_000)),
    ("1.5h", .seconds(5400)),
    ("0.3333333333333333333h", .seconds(1200) - .nanoseconds(1)),
    ("9007199254740993ns", .nanoseconds(9_007_199_254_740_993)),
    ("9223372036854775807ns", .nanoseconds(Int64.max)),
    ("9223372036.854775807s", .nanoseconds(Int64.max)),
    ("-9223372036854775807ns", .nanoseconds(-Int64.max)),
    ("0.100000000000000000000h", .seconds(360)),
    ("0.9223372036854775807999h", .nanoseconds(3_320_413_933_267)),
    ("0.9999999999999999999999999999h", .seconds(3600) - .nanoseconds(1)),
  ]

  @Test(arguments: accepted)
  func `durations are read as Go reads them`(_ text: String, _ expected: Duration) throws {
    #expect(try Duration(text: text) == expected)
  }

  static let refused: [(String, String)] = [
    ("", "must be a duration such as 30s or 1m30s"),
    ("3", "must have a unit, as in 30s"),
    ("00", "must have a unit, as in 30s"),
    ("1m30", "must have a unit, as in 30s"),
    ("-", "must be a duration such as 30s or 1m30s"),
    ("+", "must be a duration such as 30s or 1m30s"),
    ("s", "must be a duration such as 30s or 1m30s"),
    (".", "must be a duration such as 30s or 1m30s"),
    (".s", "must be a duration such as 30s or 1m30s"),
    ("+.s", "must be a duration such as 30s or 1m30s"),
    ("--5s", "must be a duration such as 30s or 1m30s"),
    (" 5s", "must be a duration such as 30s or 1m30s"),
    ("5 s", "must have a unit of ns, us, ms, s, m or h"),
    ("5s ", "must have a unit of ns, us, ms, s, m or h"),
    ("1d", "must have a unit of ns, us, ms, s, m or h"),
    ("1S", "must have a unit of ns, us, ms, s, m or h"),
    ("5s-3s", "must have a unit of ns, us, ms, s, m or h"),
    ("1,5s", "must have a unit of ns, us, ms, s, m or h"),
    ("9223372036854775808ns", "must be at most 2562047h47m16.854775807s"),
    ("9223372036854775.808us", "must be at most 2562047h47m16.854775807s"),
    ("2562048h", "must be at most 2562047h47m16.854775807s"),
    ("2562047h2562047h", "must be at most 2562047h47m16.854775807s"),
    ("99999999999999999999s", "must be at most 2562047h47m16.854775807s"),
  ]

  @Test(arguments: refused)
  func `what is no duration is refused with the reason`(_ text: String, _ reason: String) {
    #expect(throws: InvalidText(reason)) { try Duration(text: text) }
  }

  static let written: [(Duration, String)] = [
    (.zero, "0s"), (.seconds(30), "30s"), (.seconds(90), "1m30s"), (.seconds(3600), "1h"),
    (.seconds(3601), "1h1s"), (.milliseconds(250), "250ms"), (.milliseconds(1500), "1.5s"),
    (.milliseconds(-1500), "-1.5s"), (.microseconds(1500), "1.5ms"), (.nanoseconds(1), "1ns"),
    (.seconds(60) + .nanoseconds(1), "1m0.000000001s"), (.microseconds(70), "70us"),
  ]

  @Test(arguments: written)
  func `durations are written in their shortest form`(_ duration: Duration, _ text: String) {
    #expect(duration.text == text)
  }

  @Test func `what is written is read back`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var state = seed
    for _ in 0..<2_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let magnitude = Int64(state >> 1) >> Int64(state % 63)
      let duration = Duration.nanoseconds(state % 2 == 0 ? magnitude : -magnitude)
      #expect(try Duration(text: duration.text) == duration, "seed \(seed)")
    }
  }
}
