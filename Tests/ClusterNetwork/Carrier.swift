import Foundation
import HTTP
import Platform
import Synchronization

/// Carries the bytes of one connection along a road: what its client sends waits its turn, what
/// comes back is passed on at once, since it says nothing but that a request has come.
///
/// Threads that block, three for each connection: there are few, and nothing is simpler.
final class Carrier: Sendable {
  private let road: Road
  private let client: Int32
  private let server: Int32
  private let queue = ByteQueue()
  private let busyThreads = Atomic(3)

  /// Takes over both descriptors.
  init(_ road: Road, from client: Int32, to server: Int32) {
    self.road = road
    self.client = client
    self.server = server
  }

  func run() {
    begin {
      while let bytes = read(self.client) { self.queue.put(bytes) }
      self.queue.put([])
    }
    begin {
      while let bytes = read(self.server), write(bytes, to: self.client) {}
      shutdown(self.client, Int32(SHUT_RDWR))
    }
    begin {
      while true {
        let (bytes, moment) = self.queue.take()
        self.road.pass(moment)
        guard !bytes.isEmpty, write(bytes, to: self.server) else { break }
      }
      shutdown(self.server, Int32(SHUT_RDWR))
      shutdown(self.client, Int32(SHUT_RDWR))
    }
  }

  /// Runs one of the three; the last to end closes both descriptors.
  private func begin(_ work: @escaping @Sendable () -> Void) {
    Platform.startThread {
      work()
      guard self.busyThreads.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else {
        return
      }
      Platform.close(self.client)
      Platform.close(self.server)
    }
  }
}

/// What one thread reads and another writes, each piece with the moment it came.
private final class ByteQueue: @unchecked Sendable {
  // Everything is touched under the condition's lock.
  private let condition = NSCondition()
  private var pieces: [(bytes: [UInt8], moment: Date)] = []

  func put(_ bytes: [UInt8]) {
    condition.lock()
    pieces.append((bytes, Date()))
    condition.signal()
    condition.unlock()
  }

  func take() -> (bytes: [UInt8], moment: Date) {
    condition.lock()
    defer { condition.unlock() }
    while pieces.isEmpty { condition.wait() }
    return pieces.removeFirst()
  }
}

/// What is there; nil at the end.
private func read(_ descriptor: Int32) -> [UInt8]? {
  var bytes = [UInt8](repeating: 0, count: 64 << 10)
  let count = recv(descriptor, &bytes, bytes.count, 0)
  return count > 0 ? Array(bytes[..<count]) : nil
}

/// Whether all of it was taken.
private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes {
      send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count <= 0 { return false }
    rest = rest.dropFirst(count)
  }
  return true
}
