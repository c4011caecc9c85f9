package import Store
import Synchronization
import Time

/// The time of the cluster: the leader's, which every member follows.
///
/// Keys vanish when the leader says that it is late enough, and leaders change. If each of them
/// went by a clock of its own, an hour between two clocks would end a key's life an hour too early,
/// or let it live an hour longer. So each member keeps the distance from its own clock to the
/// leader's time, by what the leader says in each of its messages; a member that becomes leader
/// goes on from there, whatever its own clock says.
///
/// ```
///   old leader   ──────●──────●──────✗
///                       ╲      ╲              messages with its time
///   follower     ────────●──────●─────────────►  leads now, in that time, by its own clock
/// ```
///
/// Which nodes know it, and from which source:
///
/// | | goes by |
/// | --- | --- |
/// | a follower | its leader's messages |
/// | a node that has heard no leader since its start | the first member that knows the time: who asks for votes hears it with them |
/// | a leader | what it knows, or else its own clock, but never less than the newest stamp in its log; from there it approaches its own clock |
///
/// A message is late by the time it was on its way, never early: so a lead is taken over at once,
/// and a lag only slowly.
package final class ClusterTime: TimeSource {
  /// A follower makes up for a lag with at most one part in so many of the time that passes: more
  /// than a leader and its clock take to approach another time, so that it stays with them.
  private static let followShare: Int64 = 20
  /// How far another member's time may be beyond what this node knows, its own clock or the newest
  /// stamp in its log: a year. Clocks are wrong by less, and a time that is beyond would end the
  /// lives of all keys, and go on for ever.
  private static let longestLead: Int64 = 366 * 86_400 * 1_000_000

  private struct State {
    var time: SlewedTime
    /// Whether it is more than this node's own clock.
    var isKnown = false
    var isLeading = false
    /// The leader's time less this node's own clock, as it was last heard.
    var heard: Int64?
    /// The newest stamp in the log: no other member's word leads back before it.
    var floor: Int64 = 0

    mutating func now(by clock: any TimeSource) -> Timestamp {
      let own = clock.now.microseconds
      let now =
        isLeading
        ? time.read(own, toward: own)
        : time.read(own, toward: heard.map { own + $0 }, share: followShare)
      return Timestamp(microseconds: now)
    }
  }

  private let clock: any TimeSource
  private let state: Mutex<State>

  /// - Parameter clock: this node's own.
  package init(_ clock: any TimeSource) {
    self.clock = clock
    let own = clock.now.microseconds
    state = Mutex(State(time: SlewedTime(at: own, is: own)))
  }

  /// This node's own clock.
  package var own: Timestamp { clock.now }

  package var now: Timestamp { state.withLock { $0.now(by: clock) } }

  /// The cluster's time, for others; nil if this node has only its own clock to go by.
  package var known: Timestamp? { state.withLock { $0.isKnown ? $0.now(by: clock) : nil } }

  /// Another member has said what time it is.
  package func hear(_ time: Timestamp, fromLeader isLeader: Bool) {
    // No clock says that, however wrong it is.
    guard time >= Timestamp(microseconds: 0), time < .limit else { return }
    state.withLock { state in
      if state.isLeading { return }
      let own = clock.now.microseconds
      if time.microseconds - max(own, state.floor) > Self.longestLead { return }
      if !state.isKnown {
        state.isKnown = true
        return state.time.jump(to: max(time.microseconds, state.floor), at: own)
      }
      guard isLeader else { return }
      state.heard = time.microseconds - own
      _ = state.now(by: clock)
      state.time.goOn(from: time.microseconds, at: own)
    }
  }

  /// This node leads from now on.
  func lead() {
    state.withLock { state in
      // What passed until now is none of the time in which it leads.
      _ = state.now(by: clock)
      (state.isKnown, state.isLeading, state.heard) = (true, true, nil)
    }
  }

  /// Another node leads, or none.
  func stopLeading() { state.withLock { $0.isLeading = false } }

  /// What is in the log was put in order by then.
  package func goOn(from time: Timestamp) { _ = advance(to: time) }

  /// As ``goOn(from:)``.
  /// - Returns: by how many microseconds this node's time was behind.
  func advance(to time: Timestamp) -> Int64 {
    state.withLock { state in
      let now = state.now(by: clock)
      state.floor = max(state.floor, time.microseconds)
      if time <= now { return 0 }
      state.time.goOn(from: time.microseconds, at: clock.now.microseconds)
      return time.microseconds - now.microseconds
    }
  }
}
