#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// What `poll` says of a connection that has ended, which systems do not agree on.
package enum PollRules: Sendable {
  /// As this system does it.
  case system
  /// As macOS's kernel does it (`poll_nocancel` in XNU's sys_generic.c), so that it can be tried
  /// elsewhere: POLLHUP is all that a reset is told by, it is told only to those that ask for
  /// something, it hides POLLOUT, and a peer that has only stopped sending causes it, too.
  case xnu

  /// Whether a broken connection is told unasked.
  package var tellBreaksUnasked: Bool { self == .system && !pollFollowsXNUsRules }
}

/// What `poll` takes: descriptors, each with what is asked about it. The answers stand beside the
/// questions.
///
/// Ask about reading and about writing in two entries: by some rules one hides the other.
package struct PollList {
  private let rules: PollRules
  private var entries: [pollfd] = []

  package init(rules: PollRules = .system) {
    self.rules = rules
  }

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
      let readiness = Readiness(entry.revents, asked: entry.events, rules)
      if !readiness.isEmpty { body(place, entry.fd, readiness) }
    }
  }
}

extension Readiness {
  /// poll's bits as ours.
  fileprivate init(_ events: Int16, asked: Int16, _ rules: PollRules) {
    var readiness: Readiness = []
    if events & Int16(POLLIN) != 0 { readiness.insert(.readable) }
    if events & Int16(POLLOUT) != 0 { readiness.insert(.writable) }
    if rules.tellBreaksUnasked {
      if events & pollEnded != 0 { readiness.insert(.ended) }
      if events & pollBroken != 0 { readiness.insert(.broken) }
    } else if events & (pollEnded | pollBroken | Int16(POLLHUP)) != 0 {
      // What was asked says what has ended. Elsewhere than on macOS it is told unasked, too.
      readiness.remove(.writable)
      if asked & Int16(POLLOUT) != 0 {
        readiness.insert(.broken)
      } else if asked != 0 {
        readiness.insert(.ended)
      }
    }
    self = readiness
  }
}
