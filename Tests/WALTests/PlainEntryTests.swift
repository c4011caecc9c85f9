import Bytes
import JSON
import RunSupport
import Store
import Testing

@testable import WAL

/// The short way to read a snapshot's line, which must read the same as the long one.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PlainEntryTests {
  private static func line(_ name: String, _ info: KeyInfo) -> [UInt8] {
    var bytes = Array(#"{"depth":2,"name":"#.utf8)
    bytes.append(jsonBytes: Array(name.utf8))
    bytes.append(",")
    info.encodeMembers(into: &bytes)
    bytes.append("}")
    return bytes
  }

  private static func read(_ line: [UInt8]) -> PlainEntry? {
    line.withUnsafeBytes { PlainEntry($0) }
  }

  private static func info(_ value: String?, _ expires: Int64?) -> KeyInfo {
    KeyInfo(
      value: value.map { Array($0.utf8) }, createdIndex: StoreIndex(3),
      modifiedIndex: StoreIndex(7),
      expiration: expires.map { Timestamp(microseconds: $0) })
  }

  // The names of 14 and 15 bytes are the longest that lies in a page and the first that does not.
  @Test(arguments: [
    "", "x", "two words", "thirteen long", "fourteen bytes", "a\"b", "a\\b", "a\nb", "né", "}", ",",
  ])
  func `reads what was written, or leaves it to the reader of JSON`(text: String) throws {
    for info in [
      Self.info(text, nil), Self.info(text, 1_767_225_600_000_000), Self.info(nil, nil),
      Self.info(nil, 0), Self.info(text, -1), Self.info(text, 1 << 53),
    ] {
      let line = Self.line("n\(text)", info)
      let long = try JSONDocument(line[...]).root
      guard let entry = Self.read(line) else { continue }
      #expect(entry.name.bytes == Array("n\(text)".utf8) && entry.depth == 2)
      #expect(entry.info == KeyInfo(long))
    }
  }

  @Test func `most lines go the short way, and those with escapes or odd numbers do not`() {
    #expect(Self.read(Self.line("name", Self.info("a value", 1_767_225_600_000_000))) != nil)
    #expect(Self.read(Self.line("name", Self.info(nil, nil))) != nil)
    #expect(Self.read(Self.line("名", Self.info("né", nil))) != nil)
    for info in [Self.info("a\"b", nil), Self.info("a\n", nil), Self.info("x", -1)] {
      #expect(Self.read(Self.line("name", info)) == nil)
    }
  }

  @Test func `a line that is cut short or goes on is not read`() {
    let line = Self.line("name", Self.info("value", 1_767_225_600_000_000))
    for end in line.indices { #expect(Self.read(Array(line[..<end])) == nil, "\(end)") }
    #expect(Self.read(line + Array(" ".utf8)) == nil)
  }
}
