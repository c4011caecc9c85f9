#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What `poll` takes: descriptors, each with what is asked about it. The answers stand beside the
/// questions.
package struct PollList {
  private var entries: [pollfd] = []

  package init() {}

  /// Empties it and keeps its storage.
  package mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
  }

  /// Adds a descriptor, and what is asked about it.
  package mutating func append(_ descriptor: Int32, _ interest: Readiness) {
    var events: Int16 = 0
    if interest.contains(.readable) { events |= Int16(POLLIN) }
    if interest.contains(.writable) { events |= Int16(POLLOUT) }
    if interest.contains(.ended) { events |= pollEnded }
    entries.append(pollfd(fd: descriptor, events: events, revents: 0))
  }

  /// Waits until something is as asked, at most `milliseconds` (-1: without limit), or a signal
  /// comes, and calls `body` with the place in the list of each descriptor about which there is
  /// something to say, itself, and that.
  package mutating func wait(
    milliseconds: Int32, _ body: (_ place: Int, _ descriptor: Int32, Readiness) -> Void
  ) {
    guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return }
    for (place, entry) in entries.enumerated() where entry.revents != 0 {
      body(place, entry.fd, Readiness(entry.revents))
    }
  }
}

extension Readiness {
  /// poll's bits as ours.
  fileprivate init(_ events: Int16) {
    var readiness: Readiness = []
    if events & Int16(POLLIN) != 0 { readiness.insert(.readable) }
    if events & Int16(POLLOUT) != 0 { readiness.insert(.writable) }
    if events & pollEnded != 0 { readiness.insert(.ended) }
    if events & pollBroken != 0 { readiness.insert(.broken) }
    self = readiness
  }
}
