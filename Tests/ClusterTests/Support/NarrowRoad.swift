import Foundation
import Platform
import Synchronization

/// A proxy in front of a port of this machine that lets only so many bytes per second through.
///
/// All its connections share the rate, in pieces of ``pieceBytes``: a short message on one
/// connection waits for a piece of each other one, never for all that the others have to send. What
/// comes back passes at once. Threads that block: there are few, and nothing is simpler.
final class NarrowRoad: Sendable {
  private static let pieceBytes = 1 << 10

  let port: UInt16
  private let target: UInt16
  private let bytesPerSecond: Double
  private let listener: Int32
  /// When the road is free again.
  private let free = Mutex(ContinuousClock.now)
  private let passed = Mutex(0)

  init(to target: UInt16, bytesPerSecond: Int) throws {
    self.target = target
    self.bytesPerSecond = Double(bytesPerSecond)
    listener = socket(AF_INET, streamSocket, 0)
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    // What waits for the road is to wait at its sender.
    var room: Int32 = 4 << 10
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
  }

  /// Bytes that have passed towards the target.
  var passedBytes: Int { passed.withLock { $0 } }

  /// Carries connections until ``close()``.
  func open() {
    Thread.detachNewThread {
      while true {
        let client = accept(self.listener, nil, nil)
        if client < 0 { return }
        self.carry(client)
      }
    }
  }

  /// Takes no more connections; those there are end with their ends.
  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  deinit { Foundation.close(listener) }

  private func carry(_ client: Int32) {
    let server = socket(AF_INET, streamSocket, 0)
    var address = loopback(port: target)
    let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    let ends = Ends(client, server)
    guard isConnected else { return }
    Thread.detachNewThread {
      ends.copy(from: client, to: server) { self.pass($0) }
    }
    Thread.detachNewThread { ends.copy(from: server, to: client) { _ in } }
  }

  /// Returns when so many bytes have had their time on the road.
  private func pass(_ count: Int) {
    let end = free.withLock { free in
      free = max(free, .now) + .seconds(Double(count) / bytesPerSecond)
      return free
    }
    passed.withLock { $0 += count }
    let rest = end - .now
    if rest > .zero { usleep(UInt32(rest / .microseconds(1))) }
  }

  /// The two sockets of a connection, closed when nothing uses them.
  private final class Ends: Sendable {
    private let both: [Int32]

    init(_ client: Int32, _ server: Int32) { both = [client, server] }

    func copy(from source: Int32, to sink: Int32, _ pass: (Int) -> Void) {
      var bytes = [UInt8](repeating: 0, count: NarrowRoad.pieceBytes)
      while true {
        let count = recv(source, &bytes, bytes.count, 0)
        if count <= 0 { break }
        pass(count)
        var sent = 0
        while sent < count {
          let taken = bytes[sent..<count].withUnsafeBytes {
            send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
          }
          if taken <= 0 { return end() }
          sent += taken
        }
      }
      end()
    }

    private func end() { for end in both { shutdown(end, Int32(SHUT_RDWR)) } }

    deinit { for end in both { Foundation.close(end) } }
  }
}

private func loopback(port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
  return address
}
