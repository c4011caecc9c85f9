import RunSupport
import Testing

@testable import JSON

/// Parses the text and answers its outermost value.
func parse(_ text: String) throws(JSONError) -> JSONValue {
  try JSONDocument(Array(text.utf8)).root
}

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Reading a value` {
  @Test func `a look-up finds members by name, whatever is around them`() throws {
    let root = try parse(#" { "other" : [1,{"key":"no"}], "key" : "a/b" ,"value":"v","ttl":5 } "#)
    #expect(root["key"]?.bytes == Array("a/b".utf8))
    #expect(root["value"]?.string == "v")
    #expect(root["ttl"]?.int64 == 5)
    #expect(root["missing"] == nil)
    #expect(root["ke"] == nil)
    #expect(root["Key"] == nil)
  }

  @Test func `finds a member whose name is written with escapes`() throws {
    let root = try parse(#"{"\u006bey":1,"a\\b":2}"#)
    #expect(root["key"]?.int64 == 1)
    #expect(root[#"a\b"#]?.int64 == 2)
    #expect(root["a"] == nil)
  }

  @Test func `finds the last of several members with one name`() throws {
    let root = try parse(#"{"a":1,"b":2,"a":3}"#)
    #expect(root["a"]?.int64 == 3)
    #expect(root.members.map { $0.value.int64 } == [1, 2, 3])
  }

  @Test func `walks arrays and objects in the order they stand`() throws {
    let root = try parse(#"[[],{},[1,[2,3]],{"x":{"y":[4]},"z":5},6]"#)
    let elements = Array(root.elements)
    #expect(elements.count == 5)
    #expect(elements[2].elements.map { Array($0.text) } == [Array("1".utf8), Array("[2,3]".utf8)])
    #expect(elements[3].members.map { $0.name.string } == ["x", "z"])
    #expect(elements[3]["x"]?["y"]?.elements.first { _ in true }?.int64 == 4)
    #expect(elements[4].int64 == 6)
  }

  @Test func `answers nil where the value is of another kind`() throws {
    for text in ["null", "true", "1", #""s""#, "[]", "{}"] {
      let value = try parse(text)
      #expect(value.isNull == (text == "null"))
      #expect(value.bool == (text == "true" ? true : nil))
      #expect(value.int64 == (text == "1" ? 1 : nil))
      #expect(value.uint64 == (text == "1" ? 1 : nil))
      #expect(value.double == (text == "1" ? 1 : nil))
      #expect(value.string == (text == #""s""# ? "s" : nil))
      #expect(value.equals("s") == (text == #""s""#))
      #expect(value.isArray == (text == "[]"))
      #expect(value.isObject == (text == "{}"))
      #expect(value["s"] == nil)
      #expect(value.elements.allSatisfy { _ in false })
      #expect(value.members.allSatisfy { _ in false })
    }
    #expect(try parse("false").bool == false)
  }

  @Test func `never takes a scalar's neighbour for its content`() throws {
    let root = try parse(#"[1,"a",null,2]"#)
    #expect(root.elements.allSatisfy { $0.elements.allSatisfy { _ in false } })
  }

  @Test func `gives the text of a value as it was written`() throws {
    let root = try parse(#"{"op": {"a" : [1, "\u0041"]} }"#)
    #expect(root["op"].map { Array($0.text) } == Array(#"{"a" : [1, "\u0041"]}"#.utf8))
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A document used again` {
  @Test func `reads a part of a buffer and counts errors from its start`() throws {
    let buffer = Array(#"xx{"a":1}yy[1,]zz"#.utf8)
    var document = JSONDocument()
    #expect(document.root.isNull)
    try document.parse(buffer[2..<9])
    #expect(document.root["a"]?.int64 == 1)
    #expect(document.root["a"]?.text == buffer[7..<8])
    #expect(throws: JSONError(reason: .unexpectedByte, offset: 3)) {
      try document.parse(buffer[11..<15])
    }
    #expect(document.root.isNull, "a text that was refused leaves nothing of the one before")
    try document.parse(buffer[2..<9])
    #expect(document.root["a"]?.int64 == 1)
  }

  @Test func `does not change what a value of the text before says`() throws {
    var document = try JSONDocument(Array(#"{"a":"first"}"#.utf8))
    let value = document.root
    try document.parse(Array(#"["second"]"#.utf8)[...])
    #expect(value["a"]?.string == "first")
  }
}
