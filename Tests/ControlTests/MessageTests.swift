import HTTP
import Options
import RunSupport
import ServingSupport
import Testing
import Token

@testable import mini_etcdctl

/// What mini-etcdctl says of a command line that cannot be followed, and of servers that are none
/// of etcd's.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct MessageTests {
  @Test(arguments: [
    ("", "a command must be given"), ("bogus", #"unknown command "bogus""#),
    ("get", "usage: mini-etcdctl get KEY"), ("get a b", "usage: mini-etcdctl get KEY"),
    ("set a", "VALUE must be an argument or come from standard input, which is empty"),
    (
      "watch a -forever",
      "usage: mini-etcdctl watch KEY; flags such as -forever must come before KEY"
    ),
    ("get -bogus a", #"get: unknown flag "-bogus""#),
    ("get -json a", #"get: unknown flag "-json"; it must come before the command"#),
    ("set -ttl x a 1", #"set: invalid value "x" for flag -ttl: must be a whole number"#),
    ("cas a 1", "usage: mini-etcdctl cas KEY OLD NEW"),
    ("watch -after -1 a", "-after must be from 0 to 9223372036854775806, not -1"),
    (
      "watch -after 9223372036854775807 a",
      "-after must be from 0 to 9223372036854775806, not 9223372036854775807"
    ),
    ("stats x", "usage: mini-etcdctl stats [self|leader|store]"),
  ])
  func `a command line that cannot be followed says what must be`(
    line: String, complaint: String
  ) async {
    let result = await run(line.split(separator: " ").map(String.init), on: [1])
    #expect(result.complaint == complaint)
    #expect(result.status == 2)
  }

  @Test(
    arguments: [
      ("Accept", nil), (": x", nil), ("A b: c", nil), ("A: b\nC: d", nil), ("Host: x", nil),
      ("content-length: 1", nil), ("@/nowhere/file", nil), ("@/tmp", nil), ("", nil),
      ("Authorization: Basic YTpi", "Authorization|Basic YTpi"), ("X-A:b: c", "X-A|b: c"),
    ] as [(String, String?)])
  func `a header is a name and a value`(text: String, header: String?) {
    let read = try? Headers(flagText: text)
    let shown = read?.all.map {
      String(decoding: $0.name, as: UTF8.self) + "|" + String(decoding: $0.value, as: UTF8.self)
    }
    #expect(shown?.joined() == header)
  }

  /// Nginx, for one, answers 400 when there are two of it.
  @Test func `a proxy's password and the cluster's token are not sent both`() throws {
    var settings = Settings()
    for header in ["X-Token: a", "AUTHORIZATION: Basic YTpi"] {
      settings.headers = try Headers(flagText: header)
      settings.token = nil
      #expect(settings.contradiction == nil)
      settings.token = ClusterToken(Array(repeating: 0x61, count: 32))
      #expect((settings.contradiction != nil) == header.hasPrefix("A"))
    }
  }

  /// Lets in only those who show a header, as a proxy with users does.
  private struct Proxy: Handler {
    let handler: any Handler

    func respond(to request: Request, with response: Response) async throws {
      guard request.header("authorization")?.elementsEqual("Basic YTpi".utf8) == true else {
        throw HTTPError(.unauthorized, "<html><h1>401 Authorization\n Required</h1></html>")
      }
      try await handler.respond(to: request, with: response)
    }
  }

  @Test func `a header opens the way through a proxy`() async throws {
    try await withServing(Proxy(handler: router())) { serving async throws in
      let port = serving.server.port
      let headers = try Headers(flagText: "Authorization: Basic YTpi")
      #expect(await run(["set", "a", "1"], on: [port], headers: headers).lines == ["1"])
      #expect(await run(["get", "a"], on: [port], headers: headers).lines == ["1"])
      let refused = await run(["get", "a"], on: [port])
      #expect(refused.status == 1)
      #expect(
        refused.complaint
          == "http://127.0.0.1:\(port) does not answer as a server of etcd's v2 API: "
          + "401 401 Authorization Required")
    }
  }

  /// A server that answers alike whatever it is asked.
  private struct Foreign: Handler {
    let status: Status
    let text: String
    var type = ContentType.html

    func respond(to request: Request, with response: Response) async throws {
      response.status = status
      response.contentType = type
      response.body.append(contentsOf: text.utf8)
    }
  }

  private static let foreign = [
    Foreign(status: .notFound, text: "<!DOCTYPE html><title>Not here</title>"),
    Foreign(status: .notFound, text: #"{"status":404,"message":"none"}"#, type: .json),
    Foreign(status: .ok, text: "<html>Welcome</html>"),
    Foreign(status: .ok, text: "{}", type: .json),
    Foreign(
      status: .badRequest,
      text: "<html>\r\n<h1>The plain HTTP request was sent to HTTPS port</h1>"),
    Foreign(status: .movedPermanently, text: ""),
  ]

  @Test(arguments: foreign.indices)
  func `a server that is not etcd's is no answer to a question about keys`(index: Int) async throws
  {
    try await withServing(Self.foreign[index]) { serving async throws in
      let port = serving.server.port
      for line in [["get", "a"], ["set", "a", "1"], ["del", "a"], ["ls"], ["watch", "a"]] {
        let result = await run(line, on: [port])
        #expect(result.status == 1, "\(line): \(result)")
        #expect(result.lines.isEmpty)
        #expect(result.complaint.contains("does not answer as a server of etcd's v2 API: "))
      }
      // Another that is one is found, also for writes: the first cannot have done them.
      try await withServing(router()) { second async throws in
        let ports = [port, second.server.port]
        #expect(await run(["set", "a", "1"], on: ports).lines == ["1"])
        #expect(await run(["get", "a"], on: ports).lines == ["1"])
        #expect(await run(["get", "none"], on: ports).status == 3)
      }
    }
  }

  @Test func `a value that is too large for the server is refused`() async throws {
    try await withServing(router()) { serving async throws in
      let value = [UInt8](repeating: 0x61, count: 11 << 20)
      let result = await run(["set", "a"], on: [serving.server.port], input: value)
      #expect(result.status == 4 || result.status == 1, "\(result)")
    }
  }
}
