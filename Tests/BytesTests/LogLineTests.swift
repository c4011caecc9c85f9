import RandomSupport
import RunSupport
import Testing

@testable import Bytes

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Lines of a log` {
  @Test func `say the level, the event and its fields in order`() {
    #expect("\(LogLine.info("closed"))" == "info event=closed")
    let line = LogLine.warn("disk_full", ["reason": "no space", "skipped": 3, "again": false])
    #expect("\(line)" == #"warn event=disk_full reason="no space" skipped=3 again=false"#)
    #expect(
      "\(line.with("node", "node1"))"
        == #"warn event=disk_full node=node1 reason="no space" skipped=3 again=false"#)
  }

  @Test(arguments: [
    ("", ""), ("./wal-data", "./wal-data"), ("node1,node2", "node1,node2"), ("{}[]!~", "{}[]!~"),
    (" ", #"" ""#), ("a b", #""a b""#), ("a=b", #""a=b""#), (#"""#, #""\"""#), (#"\"#, #""\\""#),
    ("a\nevent=forged", #""a\nevent=forged""#), ("\r\n\t", #""\r\n\t""#),
    ("\u{0}\u{7f}", #""\u0000\u007f""#), ("\u{1b}[2J", #""\u001b[2J""#),
    // One byte that begins a command to a terminal, two ends of a line, text turned around.
    ("\u{9b}\u{85}", #""\u009b\u0085""#), ("\u{2028}\u{2029}", #""\u2028\u2029""#),
    ("\u{202e}txt", #""\u202etxt""#), ("\u{e0041}", #""\udb40\udc41""#),
    ("é 键 🙂", #""é 键 🙂""#), ("键", #""键""#), ("\u{fffd}", "\"\u{fffd}\""),
  ])
  func `quote a value that is not a word of visible letters`(value: String, written: String) {
    #expect("\(LogLine.info("x", ["v": value]))" == "info event=x v=" + written)
  }

  @Test(arguments: [("x", 1), ("é", 2), ("\u{1b}", 6)])
  func `cut a long value, and say so`(letter: String, bytes: Int) {
    let most = LogLine.longestValue
    for length in [most - 1, most, most + 1, 100_000] {
      let line = "\(LogLine.info("x", ["v": String(repeating: letter, count: length), "w": 1]))"
      let isCut = length * bytes > most
      #expect(line.contains("…\"") == isCut)
      #expect(line.hasSuffix(" w=1") && line.utf8.count < most + 50)
    }
  }

  @Test(arguments: seeds) func `are one line that reads back, whatever the value`(_ seed: UInt64) {
    var random = SeededRandom(seed)
    let letters: [Unicode.Scalar] = [
      "a", "=", "\"", "\\", "\n", "\u{1b}", " ", "\u{2028}", "é", "n",
    ]
    for _ in 0..<rounds(200) {
      var value = ""
      for _ in 0..<Int.random(in: 0...8, using: &random) {
        value.unicodeScalars.append(letters[Int.random(in: 0..<letters.count, using: &random)])
      }
      let line = "\(LogLine.error("x", ["v": value, "w": "end"]))"
      #expect(!line.contains { $0.isNewline || $0 == "\u{1b}" })
      #expect(Self.read(line)?.map(\.value) == ["x", value, "end"], "\(line)")
    }
  }

  /// Takes a line apart as a reader of logfmt does.
  private static func read(_ line: String) -> [(key: String, value: String)]? {
    var rest = line.drop { $0 != " " }.unicodeScalars[...]
    var fields: [(key: String, value: String)] = []
    while rest.popFirst() == " " {
      let key = rest.prefix { $0 != "=" }
      rest = rest.dropFirst(key.count + 1)
      var value = ""
      if rest.first == "\"" {
        rest.removeFirst()
        while let next = rest.popFirst(), next != "\"" {
          guard next == "\\" else {
            value.unicodeScalars.append(next)
            continue
          }
          switch rest.popFirst() {
          case "n": value += "\n"
          case "u":
            guard let code = UInt32(String(rest.prefix(4)), radix: 16),
              let scalar = Unicode.Scalar(code)
            else { return nil }
            rest = rest.dropFirst(4)
            value.unicodeScalars.append(scalar)
          case let other?: value.unicodeScalars.append(other)
          case nil: return nil
          }
        }
      } else {
        let word = rest.prefix { $0 != " " }
        rest = rest.dropFirst(word.count)
        value = String(word)
      }
      fields.append((String(key), value))
    }
    return rest.isEmpty ? fields : nil
  }

  @Test func `of one kind come once per minute, with the count of those between`() {
    var limit = LogLimit()
    let start = ContinuousClock.now
    let admitted = [0, 0, 1, 59, 60, 61, 119, 120, 500].map {
      limit.admit(at: start + .seconds($0))
    }
    #expect(admitted == [0, nil, nil, nil, 3, nil, nil, 2, 0])
  }
}
