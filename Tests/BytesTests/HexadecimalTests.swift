import Bytes
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Hexadecimal numbers` {
  @Test(arguments: [0, 1, 9, 10, 15, 16, 255, 0xdead_beef, UInt64.max >> 1, .max])
  func `are read as they are written, in either case`(value: UInt64) {
    #expect(String(hex: value) == String(value, radix: 16))
    for digits in [1, 8, 16] {
      let text = String(hex: value, digits: digits)
      #expect(text.utf8.count >= digits)
      #expect(UInt64(hex: text.utf8) == value)
      #expect(UInt64(hex: text.uppercased().utf8) == value)
    }
  }

  // The standard library takes a sign, and as many zeros as there are.
  @Test(arguments: ["", "+1", "-1", "-0", "g", "1g", " 1", "1 ", "0x1", "é", "00000000000000001"])
  func `are refused if there is anything but one to sixteen digits`(text: String) {
    #expect(UInt64(hex: text.utf8) == nil)
  }
}
