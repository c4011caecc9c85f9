import HTTP
import JSON
import RunSupport
import ServingSupport
import Testing

@testable import mini_etcdctl

/// Values and keys are bytes, in and out.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct TransferTests {
  private static let values: [[UInt8]] = [
    Array("text".utf8), Array("two\nlines\n".utf8), [0, 1, 2], [0xFF, 0xFE], [0x0A],
    Array("U+FFFD \u{FFFD}".utf8), Array(repeating: 0x78, count: 1 << 20),
  ]

  @Test(arguments: values.indices)
  func `what is read from standard input is printed as it was`(index: Int) async throws {
    let value = Self.values[index]
    try await withServing(router()) { serving async throws in
      let ports = [serving.server.port]
      #expect(await run(["set", "a"], on: ports, input: value).status == 0)
      #expect(await run(["get", "-raw", "a"], on: ports).bytes == value)
      #expect(await run(["get", "a"], on: ports).bytes == value + [0x0A])
      #expect(await run(["update", "a"], on: ports, input: [0x31]).status == 0)
      #expect(await run(["get", "-raw", "a"], on: ports).bytes == [0x31])
      #expect(await run(["mk", "b"], on: ports, input: value).status == 0)
      #expect(await run(["get", "-raw", "b"], on: ports).bytes == value)
    }
  }

  private static let lines = #"""
    {"key":"/d","dir":true}
    {"key":"/d/a","value":"1"}
    {"key":"/d/empty","value":""}
    {"key":"/d/lines","value":"a\nb\"\\"}
    {"key":"/d/none","dir":true}
    {"key":"/d/t","value":"x","ttl":1000}
    {"key":"/d/u","dir":true,"ttl":1000}
    {"key":"/d/u/v","value":"w"}
    {"key":{"b64":"L2Qv/w=="},"value":{"b64":"AP8="}}

    """#

  @Test func `an export that is imported is exported again alike, however often`() async throws {
    try await withServing(router()) { serving async throws in
      let ports = [serving.server.port]
      let input = Array(Self.lines.utf8)
      for _ in 0..<2 {
        let imported = await run(["import"], on: ports, input: input)
        #expect(imported.lines == ["9"] && imported.status == 0, "\(imported)")
        let exported = await run(["export"], on: ports)
        // A second may have passed.
        let text = exported.lines.joined(separator: "\n")
          .replacing(/"ttl":9[0-9][0-9]/, with: #""ttl":1000"#)
        #expect(text + "\n" == Self.lines)
        #expect(exported.notes.isEmpty)
      }
      let part = await run(["export", "d/u"], on: ports, json: true)
      #expect(part.lines.count == 2 && part.lines[1] == #"{"key":"/d/u/v","value":"w"}"#)
      let file = await run(["export", "d/a"], on: ports)
      #expect(file.lines == [#"{"key":"/d/a","value":"1"}"#])
    }
  }

  @Test func `an import ends a time to live that a line does not have`() async throws {
    try await withServing(router()) { serving async throws in
      let ports = [serving.server.port]
      _ = await run(["set", "-ttl", "100", "a", "1"], on: ports)
      _ = await run(["mkdir", "-ttl", "100", "d"], on: ports)
      let lines = #"{"key":"/a","value":"1"}"# + "\n" + #"{"key":"/d","dir":true}"#
      _ = await run(["import"], on: ports, input: Array(lines.utf8))
      #expect(await run(["export"], on: ports).lines.joined(separator: "\n") == lines)
    }
  }

  // Both servers leave out a "ttl" of 0: without one it would come back for ever.
  @Test(arguments: [#""ttl":0,"#, #""ttl":-3,"#, ""])
  func `what has run out and is not removed yet keeps an end`(ttl: String) throws {
    let node = #"{"key":"/a","value":"1",\#(ttl)"expiration":"2026-01-01T00:00:00Z"}"#
    let line = ExportLine(try JSONDocument(Array(node.utf8)).root)
    #expect(String(decoding: line.text, as: UTF8.self) == #"{"key":"/a","value":"1","ttl":1}"#)
  }

  @Test(arguments: [
    ("x", 2, "line 1: unexpected byte at byte 0"), ("[]", 2, "line 1: must be a JSON object"),
    (#"{"value":"1"}"#, 2, #"line 1: "key" must be a key that begins with a slash"#),
    (#"{"key":"a","value":"1"}"#, 2, #"line 1: "key" must be a key that begins with a slash"#),
    (#"{"key":"/","dir":true}"#, 2, #"line 1: "key" must be a key that begins with a slash"#),
    (#"{"key":"/a"}"#, 2, #"line 1: "value" must be a string, or {"b64":"..."}"#),
    (
      #"{"key":"/a","value":{"b64":"!"}}"#, 2,
      #"line 1: "value" must be a string, or {"b64":"..."}"#
    ),
    (#"{"key":"/a","dir":1}"#, 2, #"line 1: "dir" must be true, and without a "value""#),
    (
      #"{"key":"/a","value":"1","ttl":0}"#, 2,
      #"line 1: "ttl" must be a positive whole number of seconds"#
    ),
    (#"{"key":"/f","value":"1"}"# + "\nx", 2, "line 2: unexpected byte at byte 0"),
    ("\n\n" + #"{"key":"/f","value":"1"}"# + "\n\nx\n", 2, "line 5: unexpected byte at byte 0"),
    (#"{"key":"/f/g","value":"1"}"#, 4, "Not a directory: /f"),
    (#"{"key":"/f","dir":true}"#, 4, "/f is not a directory"),
    (
      #"{"key":"/a/../b","value":"1"}"#, 4,
      "a key must not contain the segments . or .., nor slashes in a row"
    ),
  ])
  func `a line that cannot be followed ends an import`(
    lines: String, status: Int32, complaint: String
  ) async throws {
    try await withServing(router()) { serving async throws in
      let ports = [serving.server.port]
      _ = await run(["set", "f", "1"], on: ports)
      let result = await run(["import"], on: ports, input: Array(lines.utf8))
      #expect(result.status == status && result.complaint == complaint, "\(result)")
    }
  }
}
