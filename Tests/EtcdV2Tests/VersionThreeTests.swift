import EtcdV2
import Foundation
import HTTP
import RunSupport
import ServingSupport
import Synchronization
import Testing

/// What a client of etcd's v3 API is told: gRPC over HTTP/2.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A client of the v3 API` {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  private static func frame(
    _ kind: UInt8, flags: UInt8 = 0, stream: UInt8 = 0, _ payload: [UInt8] = []
  ) -> [UInt8] {
    [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), kind, flags, 0, 0, 0, stream]
      + payload
  }

  /// Keeps what is logged.
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private static func refusal(
    _ lines: Lines = Lines(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) -> VersionThreeRefusal {
    VersionThreeRefusal(now: now) { line in lines.all.withLock { $0.append("\(line)") } }
  }

  /// What is answered to `bytes`, given as pieces of `size`; nil if the conversation was ended.
  private static func answer(to bytes: [UInt8], inPiecesOf size: Int = .max) -> [UInt8]? {
    var other = refusal().begin()
    var (waiting, answer): ([UInt8], [UInt8]) = ([], [])
    var rest = bytes[...]
    while !rest.isEmpty {
      waiting += rest.prefix(size)
      rest = rest.dropFirst(size)
      guard let used = other.take(waiting.span, answer: &answer) else { return nil }
      waiting.removeFirst(used)
    }
    return answer
  }

  @Test(arguments: [1, 7, .max])
  func `is told in its own frames that its calls are not known`(size: Int) throws {
    let sent =
      Self.preface + Self.frame(4, [0, 3, 0, 0, 0, 100]) + Self.frame(4, flags: 1)
      + Self.frame(1, flags: 4, stream: 1, [0x82, 0x84])
      + Self.frame(0, flags: 1, stream: 1, [1, 2])
      + Self.frame(6, [1, 2, 3, 4, 5, 6, 7, 8]) + Self.frame(8, [0, 0, 1, 0])
      + Self.frame(1, flags: 5, stream: 3, [0x82])
    let answer = try #require(Self.answer(to: sent, inPiecesOf: size))
    var trailers: [UInt8] = [0x88]
    for text in [
      "content-type", "application/grpc", "grpc-status", "12", "grpc-message",
      "this server speaks etcd's v2 API: set ETCDCTL_API=2",
    ] {
      if ["content-type", "grpc-status", "grpc-message"].contains(text) { trailers.append(0) }
      trailers += [UInt8(text.utf8.count)] + Array(text.utf8)
    }
    #expect(
      answer == Self.frame(4) + Self.frame(4, flags: 1)
        + Self.frame(1, flags: 5, stream: 1, trailers)
        + Self.frame(6, flags: 1, [1, 2, 3, 4, 5, 6, 7, 8])
        + Self.frame(1, flags: 5, stream: 3, trailers))
  }

  @Test func `is not talked to for ever`() {
    let ping = Self.frame(6, [UInt8](repeating: 0, count: 8))
    func pings(_ count: Int) -> [UInt8] { Array(repeatElement(ping, count: count).joined()) }
    #expect(Self.answer(to: Self.preface + pings(1000)) != nil)
    #expect(Self.answer(to: Self.preface + pings(1001)) == nil)
    // A frame may have 16,384 bytes.
    #expect(Self.answer(to: Self.preface + [0, 0x40, 0, 9, 0, 0, 0, 0, 1]) != nil)
    #expect(Self.answer(to: Self.preface + [0, 0x40, 1, 9, 0, 0, 0, 0, 1]) == nil)
    #expect(Self.answer(to: Array("PRI * HTTP/2.0\r\n\r\nXX".utf8)) == nil)
    #expect(Self.answer(to: Array("GET / HTTP/2.0\r\nHost: x\r\n\r\n".utf8)) == nil)
  }

  @Test func `is logged once per minute`() {
    let lines = Lines()
    let start = ContinuousClock.now
    let seconds = Mutex(0)
    let refusal = Self.refusal(lines) { start + .seconds(seconds.withLock { $0 }) }
    for (time, count) in [(0, 1), (1, 1), (59, 1), (60, 2), (61, 2)] {
      seconds.withLock { $0 = time }
      var (other, answer): (any OtherProtocol, [UInt8]) = (refusal.begin(), [])
      let bytes = Self.preface + Self.frame(1, stream: 1, [0x82])
      #expect(other.take(bytes.span, answer: &answer) == bytes.count)
      #expect(lines.all.withLock { $0.count } == count)
    }
    let reason = "a client speaks etcd's v3 API"
    #expect(
      lines.all.withLock { $0.first }
        == "warn event=v3_refused reason=\"\(reason)\" hint=\"set ETCDCTL_API=2\" skipped=0")
  }

  @Test(
    .enabled(if: Etcdctl.path != nil, "etcdctl is not installed (Debian: etcd-client)"),
    arguments: ["put a 1", "get a", "watch a", "snapshot save /tmp/mini-etcd-no-snapshot", "del a"])
  func `etcdctl ends at once and says how to ask`(words: String) async throws {
    try await withServing(Router(), otherProtocol: Self.refusal().begin) { serving in
      let result = try await Etcdctl.runVersionThree(words, port: serving.server.port)
      #expect(result.printed.contains("set ETCDCTL_API=2"), "\(result)")
      #expect(result.status != 0 || words.hasPrefix("watch"), "\(result)")
      // One that speaks v2 is served as ever on the same port.
      #expect(try await serving.ask(.get, "/none").status == 404)
    }
  }
}
