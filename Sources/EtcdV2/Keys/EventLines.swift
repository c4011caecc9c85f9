internal import Store
internal import Synchronization

/// An event as it is sent to watchers. It never changes, and all who send it share it.
final class EventLine: Sendable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// Encodes an event once for all its watchers, who are told of it at about the same time: the
/// latest line is kept for as long as a watcher is sent it, a short one until the next comes.
///
/// Two hundred watchers of a value of 4 MB then share one line of 4 MB.
final class EventLines: Sendable {
  /// A line of up to so many bytes is worth keeping between uses.
  private static let shortBytes = 64 << 10

  private struct Latest {
    var index = StoreIndex.zero
    weak var line: EventLine?
    var shortLine: EventLine?
  }

  private let latest = Mutex(Latest())

  /// The line of `event`, which `encode` makes if it is not at hand.
  func line(of event: Event, encode: () -> [UInt8]) -> EventLine {
    if let line = latest.withLock({ $0.index == event.index ? $0.line : nil }) { return line }
    // Not under the lock: at the worst two threads encode the same event.
    let line = EventLine(encode())
    latest.withLock { latest in
      latest.index = event.index
      latest.line = line
      latest.shortLine = line.bytes.count <= Self.shortBytes ? line : nil
    }
    return line
  }
}
