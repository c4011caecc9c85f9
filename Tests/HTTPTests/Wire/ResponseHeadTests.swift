import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A response's head` {
  private enum Outcome: Equatable {
    case head(status: Int, reason: String, framing: BodyFraming, keepsAlive: Bool, rest: Int)
    case needsMore
    case refused(WireError)
  }

  private func read(
    _ text: String, answering method: Method = .get, byByte: Bool = false,
    limits: Limits = Limits()
  ) -> Outcome {
    let bytes = Array(text.utf8)
    var parser = ResponseHeadParser(limits: limits)
    do throws(WireError) {
      for count in byByte ? Array(0...bytes.count) : [bytes.count] {
        let part = Array(bytes[..<count])
        if let consumed = try parser.parse(part.span, answering: method) {
          let head = parser.head
          let reason = String(decoding: bytes[head.reason], as: UTF8.self)
          return .head(
            status: head.status.rawValue, reason: reason, framing: head.framing,
            keepsAlive: head.keepsAlive, rest: bytes.count - consumed)
        }
      }
      return .needsMore
    } catch {
      return .refused(error)
    }
  }

  @Test func `says where its body ends, and whether the connection goes on`() {
    let table: [(String, Method, BodyFraming, Bool)] = [
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .get, .length(5), true),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .get, .chunked, true),
      ("HTTP/1.1 200 OK\r\n\r\n", .get, .untilClose, false),
      (
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n", .get, .length(1), false
      ),
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .head, .none, true),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .head, .none, true),
      ("HTTP/1.1 200 OK\r\n\r\n", .head, .none, true),
      ("HTTP/1.1 204 No Content\r\n\r\n", .delete, .none, true),
      ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", .get, .none, true),
      ("HTTP/1.1 100 Continue\r\n\r\n", .put, .none, true),
      ("HTTP/1.1 101 Switching Protocols\r\n\r\n", .get, .none, true),
      ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", .get, .length(5), false),
      (
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n", .get, .length(5),
        true
      ),
      ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", .get, .untilClose, false),
      // Bounded by whoever reads the body, not by a server's limit.
      (
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", .get, .length(99_999_999_999),
        true
      ),
    ]
    for (text, method, framing, keepsAlive) in table {
      for byByte in [false, true] {
        guard
          case .head(_, _, framing, keepsAlive, 0) = read(text, answering: method, byByte: byByte)
        else {
          Issue.record("\(text.debugDescription) answering \(method)")
          continue
        }
      }
      for count in 0..<text.utf8.count {
        let part = String(decoding: text.utf8.prefix(count), as: UTF8.self)
        #expect(read(part, answering: method) == .needsMore)
      }
    }
  }

  @Test func `says the status and the phrase, which may be missing`() {
    for (line, status, reason) in [
      ("HTTP/1.1 404 Not Found", 404, "Not Found"), ("HTTP/1.1 200 ", 200, ""),
      ("HTTP/1.1 200", 200, ""), ("HTTP/1.1 599 é\t", 599, "é\t"),
    ] {
      guard case .head(status, reason, _, _, 4) = read(line + "\r\n\r\nbody") else {
        Issue.record("\(line)")
        continue
      }
    }
  }

  @Test func `may come before the one that counts`() throws {
    let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 0\r\n\r\n"
    let bytes = Array(text.utf8)
    var parser = ResponseHeadParser()
    let first = try #require(try parser.parse(bytes.span, answering: .put))
    #expect(parser.head.isInterim)
    let rest = Array(bytes[first...])
    #expect(try parser.parse(rest.span, answering: .put) == rest.count)
    #expect(!parser.head.isInterim)
    #expect(parser.head.headers.fields.count == 2)
    #expect(parser.head.framing == .length(0))
  }

  @Test func `that changes the protocol is the last`() throws {
    let bytes = Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8)
    var parser = ResponseHeadParser()
    _ = try parser.parse(bytes.span, answering: .get)
    #expect(!parser.head.isInterim)
  }

  @Test func `is refused when it is not sound`() {
    let table: [(String, WireError)] = [
      ("HTTP/1.1\r\n", .malformedStatusLine), ("HTTP/1.1 20\r\n", .malformedStatusLine),
      ("HTTP/1.1 2000 OK\r\n", .malformedStatusLine), ("HTTP/1.1 099 x\r\n", .malformedStatusLine),
      ("HTTP/1.1 600 x\r\n", .malformedStatusLine), ("HTTP/1.1 2x0 x\r\n", .malformedStatusLine),
      ("HTTP/1.1 +20 x\r\n", .malformedStatusLine), ("HTTP/1.1  200 x\r\n", .malformedStatusLine),
      ("HTTP/1.1\t200 x\r\n", .malformedStatusLine), ("HTTP/1.1 200-x\r\n", .malformedStatusLine),
      ("\r\nHTTP/1.1 200 OK\r\n", .malformedStatusLine), ("ICY 200 OK\r\n", .malformedStatusLine),
      ("SSH-2.0-OpenSSH_9.2\r\n", .malformedStatusLine), ("HTTX/1.1 200 OK\r\n", .malformedVersion),
      ("HTTP/2.0 200 OK\r\n", .unsupportedVersion), ("HTTP/1.1 200 OK\n", .controlByte),
      ("HTTP/1.1 200 OK\r\nX : y\r\n", .malformedHeaderName),
      ("HTTP/1.1 200 OK\r\n X: y\r\n", .foldedHeader),
      ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n", .malformedContentLength),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n", .malformedContentLength),
      (
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        .conflictingLengths
      ),
      ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .malformedTransferEncoding),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .unsupportedTransferEncoding),
    ]
    for (text, error) in table {
      #expect(read(text) == .refused(error), "\(text.debugDescription)")
      #expect(read(text, byByte: true) == .refused(error), "\(text.debugDescription)")
    }
  }

  @Test func `has the limits of a request's`() {
    var limits = Limits()
    limits.headBytes = 40
    limits.headerCount = 2
    let frame = "HTTP/1.1 204 \r\nX: \r\n\r\n".utf8.count
    for byByte in [false, true] {
      for (more, isTaken) in [(0, true), (1, false)] {
        let filling = String(repeating: "x", count: 40 - frame + more)
        let outcome = read("HTTP/1.1 204 \r\nX: \(filling)\r\n\r\n", byByte: byByte, limits: limits)
        #expect((outcome == .refused(.headTooLarge)) != isTaken)
      }
      let three = "HTTP/1.1 204 \r\na:\r\nb:\r\nc:\r\n\r\n"
      #expect(read(three, byByte: byByte, limits: limits) == .refused(.tooManyHeaders))
    }
  }
}
