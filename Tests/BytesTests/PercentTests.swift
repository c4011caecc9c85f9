import Bytes
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Percent escapes` {
  private func decode(_ text: String, plusIsSpace: Bool = false) throws(PercentError) -> [UInt8] {
    var decoded: [UInt8] = []
    try decoded.append(percentDecoding: Array(text.utf8).span, plusIsSpace: plusIsSpace)
    return decoded
  }

  @Test func `become the byte they stand for`() throws {
    let digits = Array("0123456789abcdef")
    for byte in UInt8.min...UInt8.max {
      let lower = "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      #expect(try decode(lower) == [byte])
      #expect(try decode("x" + lower.uppercased() + "y") == [0x78, byte, 0x79])
    }
    #expect(try decode("") == [])
    #expect(try decode("a%2Fb/é%00%25") == Array("a/b/é\0%".utf8))
    #expect(try decode("%2541") == Array("%41".utf8), "decoded once, not twice")
  }

  @Test func `leave a plus sign alone but in forms`() throws {
    #expect(try decode("a+b%2B") == Array("a+b+".utf8))
    #expect(try decode("a+b%2B", plusIsSpace: true) == Array("a b+".utf8))
  }

  @Test func `that are malformed are refused in Go's words`() {
    for (text, escape) in [
      ("%zz", "%zz"), ("a%zzb", "%zz"), ("%", "%"), ("a%2", "%2"), ("%2g%zz", "%2g"),
      ("%%41", "%%4"),
      ("%4", "%4"), ("%G1", "%G1"), ("% 41", "% 4"), ("%u0041", "%u0"), ("%+1", "%+1"),
    ] {
      #expect(throws: PercentError(escape: Array(escape.utf8)), "\(text)") { try decode(text) }
      #expect(PercentError(escape: Array(escape.utf8)).reason == "invalid URL escape \"\(escape)\"")
    }
  }

  @Test func `are written for what a path cannot hold, and read back`() throws {
    let all = Array(UInt8.min...UInt8.max)
    var encoded: [UInt8] = []
    encoded.append(percentEncodingPath: all.span)
    let text = String(decoding: encoded, as: UTF8.self)
    #expect(try decode(text) == all)
    // What stands for itself in a path (RFC 3986, section 3.3), and the slash.
    let plain = Set(
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/".utf8)
    for byte in all {
      var single: [UInt8] = []
      single.append(percentEncodingPath: [byte].span)
      #expect((single == [byte]) == plain.contains(byte), "\(byte)")
      if single != [byte] { #expect(single.count == 3 && single[0] == 0x25) }
    }
    #expect(text.contains("%0D%0A") == false && text.contains("%0A"))
  }
}
