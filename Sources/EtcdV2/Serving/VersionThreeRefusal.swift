public import Bytes
public import HTTP
internal import JSON
private import Synchronization

/// Tells clients of etcd's v3 API that it is not served here: etcdctl speaks it unless it runs with
/// `ETCDCTL_API=2`.
///
/// That API is gRPC over HTTP/2. Its clients take any other answer than one of HTTP/2 (505, a
/// closed connection, GOAWAY) for the trouble of a server that will be back, and try again, for
/// ever or until their time is over. So they get the answer that ends a call: status 12,
/// UNIMPLEMENTED, and a message.
///
/// | frame (RFC 9113) | answer |
/// | --- | --- |
/// | the preface (section 3.4) | SETTINGS, empty |
/// | SETTINGS | SETTINGS with ACK |
/// | PING | PING with ACK and the same bytes |
/// | HEADERS | HEADERS that end the stream: `grpc-status: 12`, `grpc-message: ...` |
/// | any other | none |
///
/// It decodes nothing, and keeps nothing of a stream.
public final class VersionThreeRefusal: Sendable {
  private let now: @Sendable () -> ContinuousClock.Instant
  private let log: @Sendable (LogLine) -> Void
  private let limit = Mutex(LogLimit())

  /// - Parameter log: takes a line about a client that was refused, at most one per minute.
  public init(
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    log: @escaping @Sendable (LogLine) -> Void
  ) {
    self.now = now
    self.log = log
  }

  /// Begins with a client.
  public func begin() -> any OtherProtocol { FramedRefusal(refused: note) }

  private func note() {
    guard let skipped = limit.withLock({ $0.admit(at: now()) }) else { return }
    log(
      .warn(
        "v3_refused",
        [
          "reason": "a client speaks etcd's v3 API", "hint": "set ETCDCTL_API=2",
          "skipped": skipped,
        ]))
  }
}

/// One client's frames, and what they are answered.
private struct FramedRefusal: OtherProtocol {
  private static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
  private static let headBytes = 9
  /// The longest frame that a client may send unless it was told otherwise.
  private static let frameBytes = 16 << 10
  /// Frames taken from one client: some hundred calls.
  private static let mostFrames = 1000

  let refused: @Sendable () -> Void
  private var isGreeted = false
  private var frames = 0

  init(refused: @escaping @Sendable () -> Void) {
    self.refused = refused
  }

  mutating func take(_ bytes: Span<UInt8>, answer: inout [UInt8]) -> Int? {
    var used = 0
    if !isGreeted {
      let length = Self.preface.utf8CodeUnitCount
      guard bytes.count >= length else { return bytes.isStart(of: Self.preface) ? 0 : nil }
      guard bytes.starts(with: Self.preface) else { return nil }
      isGreeted = true
      used = length
      answer.append(frame: .settings, flags: 0, stream: 0, payload: [])
    }
    while bytes.count - used >= Self.headBytes {
      let length = Int(bytes.number(at: used, bytes: 3))
      guard length <= Self.frameBytes else { return nil }
      let start = used + Self.headBytes
      guard bytes.count - start >= length else { break }
      frames += 1
      guard frames <= Self.mostFrames else { return nil }
      let payload = bytes.extracting(start..<start + length)
      let stream = bytes.number(at: used + 5, bytes: 4) & 0x7fff_ffff
      answerFrame(
        FrameKind(rawValue: bytes[used + 3]), flags: bytes[used + 4], stream, payload, &answer)
      used = start + length
    }
    return used
  }

  private func answerFrame(
    _ kind: FrameKind?, flags: UInt8, _ stream: UInt32, _ payload: Span<UInt8>,
    _ answer: inout [UInt8]
  ) {
    let acknowledgement: UInt8 = 1
    switch kind {
    case .settings where flags & acknowledgement == 0:
      answer.append(frame: .settings, flags: acknowledgement, stream: 0, payload: [])
    case .ping where flags & acknowledgement == 0:
      answer.append(
        frame: .ping, flags: acknowledgement, stream: 0, payload: Array(copying: payload))
    case .headers where stream != 0:
      answer.append(
        frame: .headers, flags: FrameKind.endOfAll, stream: stream, payload: Self.trailers)
      refused()
    default: break
    }
  }

  /// Both head and end of an answer, in HPACK without its table (RFC 7541, section 6.2.2).
  private static let trailers: [UInt8] = {
    let statusOK: UInt8 = 0x88
    var block = [statusOK]
    for (name, value) in [
      ("content-type", "application/grpc"), ("grpc-status", "12"),
      ("grpc-message", "this server speaks etcd's v2 API: set ETCDCTL_API=2"),
    ] as [(StaticString, StaticString)] {
      block.append(0)
      for text in [name, value] {
        block.append(UInt8(text.utf8CodeUnitCount))
        block.append(text)
      }
    }
    return block
  }()
}

/// Kinds of frames that are answered.
private enum FrameKind: UInt8 {
  case headers = 1
  case settings = 4
  case ping = 6

  /// END_STREAM and END_HEADERS.
  static let endOfAll: UInt8 = 1 | 4
}

extension [UInt8] {
  fileprivate mutating func append(
    frame kind: FrameKind, flags: UInt8, stream: UInt32, payload: [UInt8]
  ) {
    append(number: UInt32(payload.count), bytes: 3)
    append(kind.rawValue)
    append(flags)
    append(number: stream, bytes: 4)
    append(contentsOf: payload)
  }

  /// Most significant byte first, as everything in HTTP/2.
  private mutating func append(number: UInt32, bytes: Int) {
    for byte in (0..<bytes).reversed() { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }
}

extension Span<UInt8> {
  fileprivate func number(at place: Int, bytes: Int) -> UInt32 {
    (place..<place + bytes).reduce(0) { $0 << 8 | UInt32(self[$1]) }
  }

  fileprivate func isStart(of text: StaticString) -> Bool {
    indices.allSatisfy { self[$0] == text.utf8Start[$0] }
  }
}
