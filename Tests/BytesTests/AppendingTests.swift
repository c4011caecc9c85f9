import Bytes
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Bytes appended without strings` {
  @Test(arguments: [0, 1, 9, 10, 11, 99, 100, 12_345, UInt64.max - 1, .max, 1 << 63])
  func `give a number's decimal and hexadecimal digits`(value: UInt64) {
    var decimal: [UInt8] = []
    decimal.append(decimal: value)
    #expect(String(decoding: decimal, as: UTF8.self) == String(value))
    var hex: [UInt8] = []
    hex.append(hex: value)
    #expect(String(decoding: hex, as: UTF8.self) == String(value, radix: 16))
  }

  @Test(arguments: [0, 1, -1, -10, 42, Int64.min, .max])
  func `give a negative number its sign`(value: Int64) {
    var decimal: [UInt8] = []
    decimal.append(decimal: value)
    #expect(String(decoding: decimal, as: UTF8.self) == String(value))
  }

  @Test func `pad a hexadecimal number with zeros, and never cut it`() {
    var out: [UInt8] = []
    out.append(hex: 0, digits: 4)
    out.append(hex: 0xab, digits: 8)
    out.append(hex: 0x12345, digits: 2)
    #expect(String(decoding: out, as: UTF8.self) == "0000000000ab12345")
  }

  @Test func `take a literal of any length, a single character too`() {
    var out: [UInt8] = []
    out.append("")
    out.append("{")
    out.append("\"é")
    #expect(out == Array("{\"é".utf8))
  }
}
