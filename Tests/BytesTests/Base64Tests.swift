import Bytes
import Foundation
import RandomSupport
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Base64` {
  @Test func `is that of RFC 4648, section 10`() {
    for (plain, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ] {
      var out: [UInt8] = []
      out.append(base64: Array(plain.utf8).span)
      #expect(out == Array(encoded.utf8))
      #expect([UInt8](base64: out.span) == Array(plain.utf8))
    }
  }

  @Test(arguments: seeds)
  func `agrees with Foundation`(seed: UInt64) {
    var random = SeededRandom(seed)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      var out: [UInt8] = []
      out.append(base64: bytes.span)
      #expect(out == Array(Data(bytes).base64EncodedData()))
      #expect([UInt8](base64: out.span) == bytes)
    }
  }

  @Test(arguments: [
    "A", "AA", "AAA", "A===", "====", "=", "==", "AA=A", "A=AA", "=AAA", "AAAA=", "AAAA==",
    "AAAA====",
    "AA==AAAA", "AB==", "AAB=", "AA=\n", " AAA", "AA A", "AAA-", "AAA_", "AA\n==", "Zg==\n",
  ])
  func `is refused unless it is the one way to write its bytes`(text: String) {
    #expect([UInt8](base64: Array(text.utf8).span) == nil)
  }
}
