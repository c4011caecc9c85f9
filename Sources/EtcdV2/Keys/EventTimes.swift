internal import Store
internal import Synchronization
internal import Watch

/// Remembers when events happened, for as long as the event history remembers the events.
///
/// An event shows the time its node had left to live when the event happened, not when a client
/// asks for it: a watcher that reads it a minute later, from the history, must see the same. Only
/// events of nodes that expire need this, so only their times are kept.
final class EventTimes: StoreObserver {
  private struct Entry {
    let index: StoreIndex
    let time: Timestamp
  }

  private let time: any TimeSource
  private let ring = Mutex([Entry?](repeating: nil, count: EventHistory.capacity))

  init(_ time: any TimeSource) { self.time = time }

  /// When `event` happened; nil if that is not known, as after a restart.
  func time(of event: Event) -> Timestamp? {
    let slot = Self.slot(of: event.index)
    let entry = ring.withLock { $0[slot] }
    guard let entry, entry.index == event.index else { return nil }
    return entry.time
  }

  func record(_ event: Event) {
    if event.node?.expiration == nil && event.previous?.expiration == nil { return }
    let entry = Entry(index: event.index, time: time.now)
    ring.withLock { $0[Self.slot(of: event.index)] = entry }
  }

  private static func slot(of index: StoreIndex) -> Int {
    Int(index.rawValue % UInt64(EventHistory.capacity))
  }

  func deliver() {}
  func recordStart(at index: StoreIndex) {}
}
