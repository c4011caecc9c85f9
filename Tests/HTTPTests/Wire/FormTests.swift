import Bytes
import CostSupport
import Foundation
import RandomSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Parameters of a query or a form` {
  private func first(_ name: StaticString, _ text: String) throws(FormError) -> String? {
    let bytes = Array(text.utf8)
    let value = try FormReader.first(name, of: 0..<bytes.count, in: bytes.span)
    return value.map { String(decoding: $0, as: UTF8.self) }
  }

  private func check(_ text: String) throws(FormError) {
    let bytes = Array(text.utf8)
    try FormReader.check(0..<bytes.count, in: bytes.span)
  }

  @Test func `are found by name, and the first counts`() throws {
    let table: [(String, String?)] = [
      ("key=a", "a"), ("key=a&key=b", "a"), ("key=&key=b", ""), ("key&key=b", ""),
      ("x=1&key=a", "a"),
      ("", nil), ("&", nil), ("=a", nil), ("Key=a", nil), ("keys=a", nil), ("ke=a", nil),
      ("xkey=a", nil),
      ("&&key=a&&", "a"), ("key=a=b", "a=b"), ("key==", "="), ("key=a%26b", "a&b"),
      ("key=a+b", "a b"),
      ("key=%2B", "+"), ("k%65y=a", "a"), ("%6bey=a&key=b", "a"), ("key=%C3%a9", "é"),
      ("key=a?b", "a?b"),
      ("x=key&key=a", "a"), ("x=key=a", nil), ("key=a#b", "a#b"),
    ]
    for (text, value) in table { #expect(try first("key", text) == value, "\(text)") }
    #expect(try first("a b", "a+b=1") == "1")
    #expect(try first("a+b", "a+b=1&a%2bb=2") == "2")
  }

  @Test func `keep bytes that are no text`() throws {
    let bytes = Array("key=%ff%00".utf8)
    #expect(try FormReader.first("key", of: 0..<bytes.count, in: bytes.span) == [0xff, 0])
    #expect(try FormReader.first("key", of: nil, in: bytes.span) == nil)
    #expect(
      try FormReader.first("key", of: 4..<10, in: bytes.span) == nil, "only the range is read")
  }

  @Test func `that are malformed are refused, the others passed over`() throws {
    let escape = FormError.badEscape(PercentError(escape: Array("%zz".utf8)))
    #expect(throws: escape) { try first("key", "key=%zz") }
    #expect(throws: FormError.semicolon) { try first("key", "key=a;b=c") }
    #expect(try first("key", "other=%zz&key=a") == "a")
    #expect(try first("key", "%zz=1&a;b=2&key=a") == "a")
    #expect(escape.reason == "invalid URL escape \"%zz\"")
    #expect(FormError.semicolon.reason == "invalid semicolon separator in query")
  }

  @Test func `are all checked for who asks, as Go's ParseForm does`() throws {
    for text in ["", "&&", "=x", "a", "a=b&a=c", "unknown=1", "%41=%42", "a=+", "==", "a=b=c"] {
      try check(text)
    }
    let table: [(String, FormError)] = [
      ("a;b", .semicolon), (";", .semicolon), ("a=1;b=2", .semicolon), ("a=1&b;c=2", .semicolon),
      ("a=%z", .badEscape(PercentError(escape: Array("%z".utf8)))),
      ("%=1", .badEscape(PercentError(escape: Array("%".utf8)))),
      ("a=1&b=%q1&c;", .badEscape(PercentError(escape: Array("%q1".utf8)))),
      ("a=%q1;", .semicolon), ("a=1&c;&b=%q1", .semicolon),
    ]
    for (text, error) in table {
      #expect(throws: error, "\(text)") { try check(text) }
    }
  }

  @Test(arguments: seeds)
  func `are those that Foundation finds`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let pieces = ["a", "b", "=", "=", "&", "&", "%41", "%c3%a9", "%26", "%3D", "é", "?", "/", "."]
    for _ in 0..<rounds(1_000) {
      let text = (0..<Int.random(in: 0..<12, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      var components = URLComponents()
      components.percentEncodedQuery = text.replacing("é", with: "%C3%A9")
      // Foundation shows empty parts too, and tells "a" from "a=".
      let expected = (components.queryItems ?? []).map { [$0.name, $0.value ?? ""] }
        .filter { $0 != ["", ""] }
      let bytes = Array(text.utf8)
      var form = FormReader(0..<bytes.count)
      var found: [[String]] = []
      while let field = form.next(in: bytes.span) {
        let name = String(decoding: try field.decodedName(in: bytes.span), as: UTF8.self)
        let value = String(decoding: try field.decodedValue(in: bytes.span), as: UTF8.self)
        if [name, value] != ["", ""] { found.append([name, value]) }
      }
      #expect(found == expected, "\(text)")
    }
  }

  /// A form fills a body; each of these does so with parts of the kind that costs most.
  @Test(arguments: ["a=b&", "&", "%61=%62&", "a", "k=;&", "k%65y="])
  func `are read in time that grows with them`(part: String) throws {
    let growth = Growth.ofTime(from: 2_000, rounds: 3) { count in
      Array(repeatElement(Array(part.utf8), count: count).joined())
    } _: { bytes in
      _ = try? FormReader.first("key", of: 0..<bytes.count, in: bytes.span)
      try? FormReader.check(0..<bytes.count, in: bytes.span)
      var form = FormReader(0..<bytes.count)
      while let field = form.next(in: bytes.span) { _ = try? field.decodedName(in: bytes.span) }
    }
    #expect(growth < Growth.limit, "four times as much took \(growth) times as long")
  }
}
