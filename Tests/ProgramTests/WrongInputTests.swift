import Foundation
import HTTP
import RunSupport
import Testing

/// Every mistake of a command line that only the program itself can see is answered with one line,
/// which says what must be and what was seen. What single flags may say is in OptionsTests, what
/// requests may in the tests of their routes.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct WrongInputTests {
  struct Row: CustomTestStringConvertible {
    let line: String
    let status: Int32
    let complaint: String

    init(_ line: String, _ status: Int32, _ complaint: String) {
      (self.line, self.status, self.complaint) = (line, status, complaint)
    }

    var testDescription: String { line }
  }

  private static let flagRows = [
    Row("-listen x", 2, "invalid value \"x\" for flag -listen: \(malformed)"),
    Row("-listen https://a:1", 2, "invalid value \"https://a:1\" for flag -listen: \(scheme)"),
    Row("-listen 192.0.2.1:1", 1, "192.0.2.1:1: Cannot assign requested address"),
    Row("-bogus", 2, #"unknown flag "-bogus""#),
    Row("word", 2, #"unexpected argument "word""#),
    Row("-listen", 2, "flag -listen needs a value"),
  ]

  private static let nameRule = #"1 to 64 visible ASCII characters other than , = \ and ""#

  private static let nodeRows = [
    Row(
      "-peer-addrs a=https://h:1", 2,
      "invalid value \"a=https://h:1\" for flag -peer-addrs: \(scheme)"),
    Row(
      "-peer-addrs a", 2, "invalid value \"a\" for flag -peer-addrs: must be name=host:port"),
    Row(
      "-id a\"b", 1,
      #"a member's name must be \#(nameRule), not "a\"b""#),
    Row("-id a,b", 1, #"a member's name must be \#(nameRule), not "a,b""#),
    Row("-id a=b", 1, #"a member's name must be \#(nameRule), not "a=b""#),
    Row(
      "-peers é", 1,
      #"a member's name must be \#(nameRule), not "é""#),
    Row(
      "-peers b,c -peer-addrs b=h:1,c=h:1", 1,
      "-peer-addrs must have each address once, not h:1 for b and c"),
    Row(
      "-peers b -peer-addrs b=h:1,b=h:1", 1,
      "-peer-addrs must have each address once, not h:1 for b and b"),
    Row(
      "-peers b -peer-addrs b=:1", 1,
      "-peer-addrs must have a host and a port for b, not :1"),
    Row(
      "-peers b -peer-addrs b=h:0", 1,
      "-peer-addrs must have a host and a port for b, not h:0"),
    Row("-join", 1, "-join needs -peers, the members to ask"),
    Row("-peer-addrs b=h:1", 1, "-peer-addrs needs -peers, which says who is a member"),
    Row("-peers b", 1, "-peer-addrs must have an address for b, which -peers names"),
    Row(
      "-election-timeout 300ms", 1,
      "-election-timeout must be at least five times -heartbeat-interval, 500ms, not 300ms"),
    Row(
      "-advertise-client-urls https://store.example", 2,
      "invalid value \"https://store.example\" for flag -advertise-client-urls: \(clientURL)"),
    Row(
      "-advertise-client-urls http://a:1,http://a:1/path", 2,
      "invalid value \"http://a:1,http://a:1/path\" for flag -advertise-client-urls: "
        + clientURL),
    Row("-cluster-token-file /tmp", 1, "-cluster-token-file /tmp: Is a directory"),
    Row(
      "-cluster-token-file /dev/null", 1,
      "-cluster-token-file /dev/null: its first line must be 1 to 1024 visible ASCII characters, "
        + "not 0"),
    Row(
      "-snapshot-count 0", 2,
      #"invalid value "0" for flag -snapshot-count: must be from 1 to 1000000000"#),
  ]

  private static let simulatorRows = [
    Row("", 2, "one of -seed, -seeds, -explore and -replay must be given"),
    Row("-seed 0", 2, #"invalid value "0" for flag -seed: must be from 1 to 9223372036854775807"#),
    Row("-seed 1 -nodes 9", 2, #"invalid value "9" for flag -nodes: must be from 0 to 7"#),
    Row(
      "-seeds 5..1", 2,
      #"invalid value "5..1" for flag -seeds: must be a range such as 1..10000"#),
    Row(
      "-seed 1 -events -1", 2,
      #"invalid value "-1" for flag -events: must be from 0 to 1000000000"#),
  ]

  private static let malformed = "must be host:port, such as 127.0.0.1:8080"
  private static let clientURL = "must be http://host:port or https://host:port"
  private static let scheme = "must be an http address: there is no TLS here, use a proxy for it"

  private func check(_ program: String, _ row: Row) async throws {
    let words = row.line.split(separator: " ").map(String.init)
    let child = try Child(program, words, diagnostics: .kept)
    #expect(await child.end() == row.status)
    let pointer = row.status == 2 ? " (\(program) -help lists all flags)" : ""
    // Before it there may be lines of the log.
    let last = child.keptDiagnostics().split(separator: "\n").last ?? ""
    #expect(last == "\(program): \(row.complaint)\(pointer)")
  }

  // The others take their flags as step 2's does.
  @Test(arguments: [ServerProgram.inMemory, .etcd], flagRows)
  func `a server says what its flags must be`(program: ServerProgram, row: Row) async throws {
    try await check(program.rawValue, row)
  }

  @Test(arguments: nodeRows)
  func `a node says what its flags must be`(row: Row) async throws {
    try await check("mini-etcd", row)
  }

  @Test(arguments: simulatorRows)
  func `the simulator says what its flags must be`(row: Row) async throws {
    try await check("raft-sim", row)
  }

  @Test func `an earlier step says that a later one wrote the data`() async throws {
    let directory = try ScratchDirectory()
    let asking = try Asking()
    let timed = try Child(
      ServerProgram.timed.rawValue, ServerProgram.timed.arguments(directory))
    let port = try await timed.port()
    let put = try await asking.ask(
      .post, "/put", #"{"key":"a","value":"1","ttl":1}"#, on: port)
    #expect(put == .ok)
    while try await asking.get("a", on: port) != nil {
      try await Task.sleep(for: .milliseconds(20))
    }
    await timed.end(by: SIGKILL)
    let early = try Child(
      ServerProgram.durable.rawValue, ServerProgram.durable.arguments(directory),
      diagnostics: .kept)
    #expect(await early.end() == 1)
    #expect(
      early.keptDiagnostics() == """
        step-3-wal-persistence: log index 2: unknown command "expire": written by a later step of \
        the course; choose another directory with -data-dir

        """)
  }
}
