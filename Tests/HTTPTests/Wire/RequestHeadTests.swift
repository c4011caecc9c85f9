import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A request's head` {
  /// The one request in the text.
  private func read(_ text: String) throws -> ReadRequest {
    let stream = ReadStream(text)
    #expect(stream.end == .clean)
    #expect(stream.requests.count == 1)
    return try #require(stream.requests.first)
  }

  @Test(arguments: goodRequests)
  func `is taken when it is sound`(text: String) throws {
    let request = try read(text)
    #expect(request.path.hasPrefix("/") || request.path == "*")
  }

  @Test func `says what is asked`() throws {
    let request = try read(
      "POST /a/b%2f?x=1&y HTTP/1.1\r\nHost: h:1\r\nContent-Type: text/plain \r\n"
        + "Content-Length: 2\r\n\r\nhi"
    )
    #expect(request.method == .post)
    #expect(request.methodName == "POST")
    #expect(request.target == "/a/b%2f?x=1&y")
    #expect(request.path == "/a/b%2f")
    #expect(request.query == "x=1&y")
    #expect(request.minorVersion == 1)
    #expect(request.headers == ["Host: h:1", "Content-Type: text/plain", "Content-Length: 2"])
    #expect(request.framing == .length(2))
    #expect(request.body == "hi")
    #expect(request.keepsAlive)
    #expect(!request.expectsContinue)
    #expect(!request.asksUpgrade)
  }

  @Test func `knows its method by the exact name`() throws {
    let table: [(String, Method)] = [
      ("GET", .get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
      ("OPTIONS", .options), ("PATCH", .patch), ("TRACE", .other), ("get", .other), ("Get", .other),
      ("GETS", .other), ("GE", .other), ("POSH", .other), ("PATCHY", .other), ("FOO", .other),
    ]
    for (name, method) in table {
      let request = try read("\(name) / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(request.method == method)
      #expect(request.methodName == name)
    }
  }

  @Test func `takes its path from every form of target`() throws {
    let table: [(target: String, path: String, query: String?)] = [
      ("/", "/", nil), ("/?", "/", ""), ("/a?b?c", "/a", "b?c"), ("//x", "//x", nil),
      ("http://h", "/", nil), ("https://h", "/", nil), ("http://h?q", "/", "q"),
      ("http://h/", "/", nil), ("HTTP://h:1/a/b?c=d", "/a/b", "c=d"),
      ("https://[::1]/x", "/x", nil),
      ("http://h/http://g/", "/http://g/", nil), ("*", "*", nil),
    ]
    for (target, path, query) in table {
      let request = try read("OPTIONS \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(request.path == path, "\(target)")
      #expect(request.query == query, "\(target)")
    }
  }

  @Test func `says whether the connection stays open`() throws {
    let table: [(version: String, fields: String, keepsAlive: Bool)] = [
      ("1.1", "", true), ("1.1", "Connection: close\r\n", false),
      ("1.1", "Connection: keep-alive\r\n", true),
      ("1.1", "Connection: Keep-Alive, Close\r\n", false),
      ("1.1", "Connection: closed\r\n", true), ("1.1", "Connection: disclose\r\n", true),
      ("1.1", "Connection: x\r\nConnection: close\r\n", false), ("1.1", "Connection:\r\n", true),
      ("1.1", "Connection: ,,close\r\n", false), ("1.1", "X-Connection: close\r\n", true),
      ("1.0", "", false), ("1.0", "Connection: keep-alive\r\n", true),
      ("1.0", "Connection: Keep-Alive \r\n", true),
      ("1.0", "Connection: foo, keep-alive\r\n", true),
      ("1.0", "Connection: keep-alive, close\r\n", false),
      ("1.0", "Connection: upgrade\r\n", false),
    ]
    for (version, fields, keepsAlive) in table {
      let request = try read("GET / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n")
      #expect(request.keepsAlive == keepsAlive, "\(version) \(fields)")
    }
  }

  @Test func `says whether the client waits for 100 Continue`() throws {
    for (version, value, expects) in [
      ("1.1", "100-continue", true), ("1.1", "100-CONTINUE", true), ("1.0", "100-continue", false),
    ] {
      let request = try read("PUT / HTTP/\(version)\r\nHost: a\r\nExpect: \(value)\r\n\r\n")
      #expect(request.expectsContinue == expects, "\(version) \(value)")
    }
  }

  @Test func `asks for another protocol only with both headers`() throws {
    let connection = "Connection: keep-alive, Upgrade\r\n"
    for (fields, asks) in [
      (connection + "Upgrade: h2c\r\n", true), (connection, false), ("Upgrade: h2c\r\n", false),
    ] {
      #expect(try read("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").asksUpgrade == asks)
    }
  }

  @Test func `is found again by the name of a header, in any case`() throws {
    let bytes = Array(
      "GET / HTTP/1.1\r\nhOsT: a\r\nX-Id: 1\r\nx-id: 2\r\nContent-TYPE: t\r\n\r\n".utf8)
    var parser = RequestParser()
    #expect(try parser.parse(bytes.span) == bytes.count)
    let headers = parser.head.headers
    func text(_ range: Range<Int>?) -> String? {
      range.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
    #expect(text(headers.first(.host)) == "a")
    #expect(text(headers.first(.contentType)) == "t")
    #expect(text(headers.first(.contentLength)) == nil)
    #expect(text(headers.first("x-id", in: bytes.span)) == "1")
    #expect(text(headers.first("x-i", in: bytes.span)) == nil)
    #expect(text(headers.first("host", in: bytes.span)) == "a")
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A request that is not sound` {
  @Test(arguments: refusedRequests.indices)
  func `is refused with the reason`(row: Int) {
    let (text, error) = refusedRequests[row]
    #expect(ReadStream(text).end == .refused(error), "\(text.debugDescription)")
    #expect(ReadStream(text).requests.isEmpty)
  }

  @Test(arguments: smugglingRequests.indices)
  func `is refused when its end could be disputed`(row: Int) {
    let (fields, error) = smugglingRequests[row]
    let text = "POST /put HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n"
    #expect(ReadStream(text).end == .refused(error), "\(fields.debugDescription)")
    // The disputed bytes change nothing.
    let body = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    #expect(ReadStream(text + body) == ReadStream(text))
  }

  @Test func `is refused when it is chunked in HTTP/1.0`() {
    let text = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    #expect(ReadStream(text).end == .refused(.malformedTransferEncoding))
  }

  @Test func `is answered with the status that fits`() {
    #expect(WireError.malformedRequestLine.status == .badRequest)
    #expect(WireError.conflictingLengths.status == .badRequest)
    #expect(WireError.unsupportedTransferEncoding.status == .notImplemented)
    #expect(WireError.connectNotSupported.status == .notImplemented)
    #expect(WireError.unsupportedVersion.status == .versionNotSupported)
    #expect(WireError.unknownExpectation.status == .expectationFailed)
    #expect(WireError.headTooLarge.status == .headerFieldsTooLarge)
    #expect(WireError.tooManyHeaders.status == .headerFieldsTooLarge)
    #expect(WireError.bodyTooLarge.status == .contentTooLarge)
  }
}
