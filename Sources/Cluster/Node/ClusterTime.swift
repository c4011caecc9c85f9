import Store
import Synchronization

/// The time of the cluster: the leader's, which every member follows.
///
/// Keys vanish when the leader says that it is late enough, and leaders change. If each of them went by a
/// clock of its own, an hour between two clocks would end a key's life an hour too early, or let it live
/// an hour longer. So each member keeps the distance from its own clock to the leader's time, by what the
/// leader says in each of its messages; a member that becomes leader goes on from there, whatever its own
/// clock says.
///
/// ```
///   old leader   ──────●──────●──────✗
///                       ╲      ╲              messages with its time
///   follower     ────────●──────●─────────────►  leads now: the same time, carried on by its own clock
/// ```
///
/// A message is late by the time it was on its way, never early: so a lead is taken over at once, and a
/// lag only by a millisecond per message, unless it is more than a second.
final class ClusterTime: TimeSource {
  /// A lag beyond this is no delay.
  private static let longestDelay: Int64 = 1_000_000
  /// How much of a lag is made up for with each message, in microseconds.
  private static let step: Int64 = 1_000

  private let clock: any TimeSource
  /// The leader's time less this node's own, in microseconds.
  private let shift = Mutex<Int64>(0)

  /// - Parameter clock: this node's own.
  init(_ clock: any TimeSource) { self.clock = clock }

  /// This node's own clock.
  var own: Timestamp { clock.now }

  var now: Timestamp {
    let own = clock.now.microseconds
    let (sum, overflow) = own.addingReportingOverflow(shift.withLock { $0 })
    return Timestamp(microseconds: overflow ? own : sum)
  }

  /// The leader has said what time it is.
  func follow(_ time: Timestamp) {
    let (seen, overflow) = time.microseconds.subtractingReportingOverflow(clock.now.microseconds)
    if overflow { return }
    shift.withLock { shift in
      let (lag, overflow) = shift.subtractingReportingOverflow(seen)
      if lag <= 0 || lag > Self.longestDelay || overflow {
        shift = seen
      } else {
        shift -= min(lag, Self.step)
      }
    }
  }
}
