import Bytes
import Raft
import Store

/// Decides what a replica warns its operator of, while it still works.
///
/// | event | what was seen |
/// | --- | --- |
/// | `slow_sync` | writing and syncing a batch took half of an election timeout |
/// | `slow_apply` | applying a batch took as long as etcd warns of |
/// | `stalled` | half of an election timeout passed between two ticks |
/// | `follower_behind` | a follower has not written yet what this leader had ten seconds ago |
///
/// Each is let through once per minute, of a follower once for each. It is pure: times come from
/// the caller.
struct Warnings {
  static let longestApply = Duration.milliseconds(100)
  static let longestLag = Duration.seconds(10)

  private let longestPause: Duration
  private var (syncs, applies, stalls) = (LogLimit(), LogLimit(), LogLimit())
  private var lags: [NodeID: LogLimit] = [:]
  private var lastTick: ContinuousClock.Instant?
  /// The leader's last index as of some moment.
  private var mark: (index: LogIndex, time: ContinuousClock.Instant)?

  init(electionTimeout: Duration) { longestPause = electionTimeout / 2 }

  mutating func sync(took duration: Duration, at now: ContinuousClock.Instant) -> LogLine? {
    guard duration >= longestPause, let skipped = syncs.admit(at: now) else { return nil }
    return .warn("slow_sync", ["milliseconds": duration.milliseconds, "skipped": skipped])
  }

  mutating func apply(
    of entries: Int, took duration: Duration, at now: ContinuousClock.Instant
  ) -> LogLine? {
    guard duration >= Self.longestApply, let skipped = applies.admit(at: now) else { return nil }
    return .warn(
      "slow_apply",
      ["milliseconds": duration.milliseconds, "entries": entries, "skipped": skipped])
  }

  mutating func tick(at now: ContinuousClock.Instant) -> LogLine? {
    defer { lastTick = now }
    guard let lastTick, now - lastTick >= longestPause, let skipped = stalls.admit(at: now)
    else { return nil }
    return .warn("stalled", ["milliseconds": (now - lastTick).milliseconds, "skipped": skipped])
  }

  /// - Parameters:
  ///   - followers: how far each is; none if this node does not lead.
  ///   - lastIndex: of this node's log.
  mutating func progress(
    of followers: [(id: NodeID, matchIndex: LogIndex)], lastIndex: LogIndex,
    at now: ContinuousClock.Instant, called name: (NodeID) -> String
  ) -> [LogLine] {
    guard let mark, !followers.isEmpty else {
      mark = followers.isEmpty ? nil : (lastIndex, now)
      return []
    }
    guard now - mark.time >= Self.longestLag else { return [] }
    self.mark = (lastIndex, now)
    return followers.compactMap { id, matchIndex in
      guard matchIndex < mark.index, let skipped = lags[id, default: LogLimit()].admit(at: now)
      else { return nil }
      return .warn(
        "follower_behind",
        ["follower": name(id), "entries": lastIndex - matchIndex, "skipped": skipped])
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 { Int64(self / .milliseconds(1)) }
}
