import JSON
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// The short way to read a command, which must read the same as the long one.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PlainFieldsTests {
  private static let registry = CommandRegistry([Put.self, Delete.self])

  private static func isPlain(_ json: String) -> Bool {
    registry.plainCommand(in: Array(json.utf8)) != nil
  }

  /// The command by the short way, and whether the long one reads the same.
  private static func read(_ json: [UInt8]) -> (isPlain: Bool, agrees: Bool) {
    guard let plain = registry.plainCommand(in: json) else { return (false, true) }
    let long = try? registry.decode(JSONDocument(json).root, isLogged: true)
    return (true, long.map { "\($0)" } == "\(plain)")
  }

  @Test func `nearly every command goes the short way`() throws {
    for (key, value) in [
      ("cloud", "native"), ("a/b", ""), ("云", "原生"), ("é", " two words ~\u{7f}"),
    ] {
      var put = Put(try path(key), Array(value.utf8), timeToLive: 5)
      for _ in 0..<2 {
        var json: [UInt8] = []
        put.encode(into: &json)
        #expect(Self.read(json) == (true, true))
        put.stamp(by: FixedTime())
      }
    }
    #expect(Self.isPlain(#"{"do":"delete","key":"/a"}"#))
    // In another order, with what is not read, and said twice: the last counts.
    #expect(Self.isPlain(#"{"x":false,"value":"1","key":"/a","y":true,"key":"b","do":"put"}"#))
    #expect(
      Self.read(Array(#"{"do":"delete","key":"/a","do":"put","value":""}"#.utf8)) == (true, true))
  }

  @Test(
    arguments: [
      "", "{", "{}", "[]", "null", #"{"do":"delete"}"#, #"{"key":"/a"}"#, #"{"do":7,"key":"/a"}"#,
      #"{"do":"lock","key":"/a"}"#, #" {"do":"delete","key":"/a"}"#,
      #"{"do":"delete","key":"/a"} "#, #"{"do": "delete","key":"/a"}"#,
      #"{"do":"delete","key":"/a",}"#, #"{"do":"delete","key":"/a""#,
      #"{"do":"delete","key":"/a"}}"#,
      #"{"do":"delete","key":"/\u0061"}"#, #"{"do":"delete","key":{"b64":"YQ=="}}"#,
      #"{"do":"delete","key":"/a/../b"}"#, #"{"do":"delete","key":"/a","x":null}"#,
      #"{"do":"delete","key":"/a","x":[]}"#, #"{"do":"delete","key":"/a","x":1.5}"#,
      #"{"do":"delete","key":"/a","x":01}"#, #"{"do":"delete","key":"/a","x":-}"#,
      #"{"do":"delete","key":"/a","x":1e3}"#, #"{"do":"delete","key":"/a","x":+1}"#,
      #"{"do":"delete","key":"/a","x":tru}"#, #"{"do":"delete","key":"/a","x":truetrue}"#,
      #"{"do":"delete","key":"/a","x":9223372036854775807}"#,
      "{\"do\":\"delete\",\"key\":\"/a\tb\"}",
      #"{"do":"put","key":"/a","value":"","ttl":"5"}"#, #"{"do":"put","key":"/a","value":5}"#,
      #"{"do":"put","key":"/a","value":true}"#, #"{"do":"put","key":"/a"}"#,
      #"{"do":"delete","key":"/a","1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7}"#,
    ])
  func `what is no such object, or no command, is left to the reader of JSON`(json: String) {
    #expect(!Self.isPlain(json))
  }

  @Test func `a command that is cut short is not read, nor one with bytes that are no UTF-8`() {
    let json = Array(#"{"do":"put","key":"/cloud","value":"原生","at":17}"#.utf8)
    #expect(Self.read(json) == (true, true))
    for end in json.indices { #expect(!Self.read(Array(json[..<end])).isPlain, "\(end)") }
    for place in json.indices {
      var other = json
      other[place] = 0xff
      #expect(!Self.read(other).isPlain, "\(place)")
    }
  }

  /// Seeded: commands with any bytes, then with some of them changed, left out or doubled.
  @Test(arguments: seeds)
  func `what the short way reads, the long one reads too`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var plain = 0
    for _ in 0..<rounds(20_000) {
      var json: [UInt8] = []
      if random.oneIn(4) {
        Delete(try Path(logged: Self.text(&random)[...])).encode(into: &json)
      } else {
        var put = Put(
          try Path(logged: Self.text(&random)[...]), Self.text(&random),
          timeToLive: random.oneIn(3) ? Int64.random(in: -9...(.max), using: &random) : nil)
        if random.oneIn(2) { put.stamp(by: FixedTime()) }
        put.encode(into: &json)
      }
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: 0..<json.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: json[place] = Self.pick(Self.marks, &random)
        case 1: json.remove(at: place)
        case 2: json.insert(json[place], at: place)
        default:
          let end = Int.random(in: place...json.count, using: &random)
          json.insert(contentsOf: json[place..<end], at: end)
        }
      }
      let read = Self.read(json)
      #expect(read.agrees, "\(String(decoding: json, as: UTF8.self))")
      if read.isPlain { plain += 1 }
    }
    #expect(plain > 1_000)
  }

  private static func text(_ random: inout SeededRandom) -> [UInt8] {
    let letters = pick(alphabets, &random)
    return (0..<Int.random(in: 0..<12, using: &random)).map { _ in pick(letters, &random) }
  }

  private static let marks = Array(#"{}",:\0123-t "#.utf8) + [0x00, 0x80, 0xff]
  private static let alphabets: [[UInt8]] = [
    Array("abc/".utf8), Array("ab \"\\<&>é\n".utf8), [0x61, 0xc3, 0xa9], [0x2f, 0x61, 0xff],
  ]

  private static func pick<Element>(
    _ choices: [Element], _ random: inout SeededRandom
  ) -> Element {
    choices[Int.random(in: choices.indices, using: &random)]
  }

  private func path(_ key: String) throws -> Path { try Path(Array(key.utf8)) }
}
