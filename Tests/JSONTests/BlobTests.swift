import Foundation
import RandomSupport
import RunSupport
import Testing

@testable import JSON

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Bytes that may be no text` {
  @Test func `are written as a string where they are UTF-8, else in base64`() {
    var out: [UInt8] = []
    out.append(jsonBytes: Array("a<é".utf8))
    out.append(jsonBytes: [0xff, 0x00])
    #expect(String(decoding: out, as: UTF8.self) == #""a\u003cé"{"b64":"/wA="}"#)
  }

  @Test(arguments: seeds)
  func `come back exactly`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    for _ in 0..<rounds(1_000) {
      let isASCII = random.oneIn(2)
      let bytes = (0..<Int.random(in: 0..<50, using: &random)).map { _ in
        UInt8.random(in: 0...(isASCII ? 0x7f : 0xff), using: &random)
      }
      var out: [UInt8] = []
      out.append(jsonBytes: bytes)
      #expect(try JSONDocument(out).root.blob == bytes)
    }
  }

  @Test(arguments: [
    #"{"b64":"A"}"#, #"{"b64":1}"#, #"{"b64":null}"#, "{}", "1", "null", "[]", #"{"B64":"QQ=="}"#,
  ])
  func `are nil when what is written is neither`(text: String) throws {
    #expect(try parse(text).blob == nil)
  }
}
