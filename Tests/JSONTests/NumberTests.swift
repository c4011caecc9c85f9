import Bytes
import RandomSupport
import RunSupport
import Testing

@testable import JSON

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Numbers` {
  @Test func `are exact integers or nil`() throws {
    let table: [(String, Int64?, UInt64?)] = [
      ("0", 0, 0), ("-0", 0, nil), ("1", 1, 1), ("-1", -1, nil), ("10", 10, 10),
      ("9007199254740993", 9_007_199_254_740_993, 9_007_199_254_740_993),
      ("9223372036854775807", .max, 9_223_372_036_854_775_807),
      ("9223372036854775808", nil, 9_223_372_036_854_775_808),
      ("-9223372036854775807", -9_223_372_036_854_775_807, nil),
      ("-9223372036854775808", .min, nil),
      ("-9223372036854775809", nil, nil),
      ("18446744073709551615", nil, .max),
      ("18446744073709551616", nil, nil),
      ("-18446744073709551615", nil, nil),
      ("-18446744073709551616", nil, nil),
      ("99999999999999999999", nil, nil),
      ("1.0", nil, nil), ("1e2", nil, nil), ("1E2", nil, nil), ("-1.5", nil, nil),
      ("0.0", nil, nil),
    ]
    for (text, signed, unsigned) in table {
      let value = try parse(text)
      #expect(value.int64 == signed, "\(text)")
      #expect(value.uint64 == unsigned, "\(text)")
    }
  }

  @Test func `are doubles when asked, and nil past the largest`() throws {
    let table: [(String, Double?)] = [
      ("0", 0), ("-0", -0.0), ("1.5", 1.5), ("-2.5e-3", -0.0025), ("1E+2", 100), ("1e308", 1e308),
      ("1e309", nil), ("-1e999", nil), ("1e-999", 0),
      ("18446744073709551616", 18_446_744_073_709_551_616),
    ]
    for (text, double) in table {
      #expect(try parse(text).double == double, "\(text)")
    }
  }

  @Test(arguments: seeds)
  func `come back as they were written`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    for _ in 0..<rounds(2_000) {
      let shift = Int64.random(in: 0..<64, using: &random)
      let signed = Int64.random(in: .min ... .max, using: &random) >> shift
      var text: [UInt8] = []
      text.append(decimal: signed)
      #expect(try JSONDocument(text).root.int64 == signed)
      text.removeAll()
      text.append(decimal: signed.magnitude)
      #expect(try JSONDocument(text).root.uint64 == signed.magnitude)
    }
  }
}
