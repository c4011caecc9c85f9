import RandomSupport
import RunSupport
import Testing

@testable import JSON

/// What `bytes` become as a JSON string.
func written(_ bytes: [UInt8]) -> String {
  var out: [UInt8] = []
  out.append(jsonString: bytes)
  return String(decoding: out, as: UTF8.self)
}

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Writing a string` {
  @Test func `escapes every ASCII byte as Go does`() {
    let special: [UInt8: String] = [
      0x22: #"\""#, 0x5c: #"\\"#, 0x0a: #"\n"#, 0x0d: #"\r"#, 0x09: #"\t"#, 0x3c: #"\u003c"#,
      0x3e: #"\u003e"#, 0x26: #"\u0026"#,
    ]
    for byte in UInt8(0)..<0x80 {
      let hex = String(byte, radix: 16)
      let control = "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      let plain = String(UnicodeScalar(byte))
      #expect(written([byte]) == "\"" + (special[byte] ?? (byte < 0x20 ? control : plain)) + "\"")
    }
  }

  /// The search goes eight bytes at a time: each byte is tried at each place, with each neighbour
  /// that a borrow between bytes could spoil.
  @Test func `a writer escapes a byte at every place`() {
    for byte in UInt8(0)..<0x80 {
      let single = written([byte]).dropFirst().dropLast()
      for filler in [0x61, 0x20, 0x7f, 0x23, 0x3d] as [UInt8] {
        for place in 0..<19 {
          var text = [UInt8](repeating: filler, count: 19)
          text[place] = byte
          let filled = String(repeating: String(UnicodeScalar(filler)), count: 19)
          let expected = "\"" + filled.prefix(place) + single + filled.dropFirst(place + 1) + "\""
          if written(text) != expected { Issue.record("byte \(byte) at \(place) among \(filler)") }
        }
      }
    }
  }

  @Test func `leaves characters beyond ASCII alone, but for the two line separators`() {
    let text = "é漢字😀\u{80}\u{7ff}\u{800}\u{fffd}\u{ffff}"
    #expect(written(Array(text.utf8)) == "\"" + text + "\"")
    let lines = "a\u{2027}\u{2028}b\u{2029}\u{202a}"
    #expect(written(Array(lines.utf8)) == "\"a\u{2027}\\u2028b\\u2029\u{202a}\"")
  }

  @Test func `writes one replacement for each byte that is no part of a character`() {
    #expect(written([0xff]) == #""\ufffd""#)
    #expect(written([0x61, 0xc3, 0x62]) == #""a\ufffdb""#)
    #expect(written([0xe6, 0x97]) == #""\ufffd\ufffd""#)
    #expect(written([0xed, 0xa0, 0x80]) == #""\ufffd\ufffd\ufffd""#)
    #expect(written([0xf0, 0x9f, 0x98, 0x41]) == #""\ufffd\ufffd\ufffdA""#)
    #expect(written([0xc0, 0xaf, 0x3c]) == #""\ufffd\ufffd\u003c""#)
  }

  @Test(arguments: seeds)
  func `is undone by reading, for any text`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    for _ in 0..<rounds(1_000) {
      let text = randomText(&random)
      var out: [UInt8] = []
      out.append(jsonString: text)
      #expect(try JSONDocument(out).root.bytes == text)
    }
  }

  /// A few characters of every kind that is treated apart.
  private func randomText(_ random: inout SeededRandom) -> [UInt8] {
    let ranges: [ClosedRange<UInt32>] = [
      0...0x1f, 0x20...0x7f, 0x61...0x7a, 0x80...0x7ff, 0x800...0xd7ff, 0xe000...0xffff,
      0x10000...0x10ffff, 0x2026...0x202a,
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<40, using: &random) {
      let range = ranges.randomElement(using: &random) ?? 0...0
      UnicodeScalar(UInt32.random(in: range, using: &random)).map { text.append($0) }
    }
    return Array(String(text).utf8)
  }
}
