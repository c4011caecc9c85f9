package import Bytes
package import Raft
package import Store
import Synchronization
import Time

/// How far the clocks of other members are from this node's own.
///
/// Every message tells its sender's clock. What is seen of it is too little by the time the message
/// was on its way, so the greatest of some seconds counts. See ``ClockDifference`` for what is
/// worth a line.
package final class PeerClocks: Sendable {
  /// In microseconds, as everything here.
  private static let window: Int64 = 2_000_000

  private struct Peer {
    var windowStart: Int64
    var greatest: Int64
    /// The difference as of the last whole window.
    var settled: Int64?
    var difference = ClockDifference()
  }

  private let peers = Mutex<[NodeID: Peer]>([:])
  private let log: @Sendable (LogLine) -> Void

  package init(log: @escaping @Sendable (LogLine) -> Void) { self.log = log }

  /// A message has come whose sender's clock said `theirs` when it left; `ours` says this node's
  /// own.
  package func note(
    _ id: NodeID, called name: @autoclosure () -> String, _ theirs: Timestamp, _ ours: Timestamp
  ) {
    let (difference, overflow) = theirs.microseconds.subtractingReportingOverflow(ours.microseconds)
    if overflow || difference.magnitude > UInt64(Int64.max / 4) { return }
    let told = peers.withLock { peers -> (report: ClockDifference.Report, difference: Int64)? in
      var peer = peers[id] ?? Peer(windowStart: ours.microseconds, greatest: difference)
      defer { peers[id] = peer }
      peer.greatest = max(peer.greatest, difference)
      guard ours.microseconds - peer.windowStart >= Self.window else { return nil }
      let settled = peer.greatest
      (peer.windowStart, peer.greatest, peer.settled) = (ours.microseconds, difference, settled)
      return peer.difference.note(settled).map { ($0, settled) }
    }
    guard let told else { return }
    let fields: LogLine.Fields = ["peer": name(), "milliseconds": told.difference / 1_000]
    switch told.report {
    case .differ: log(.warn("clock_difference", fields))
    case .agree: log(.info("clocks_agree", fields))
    }
  }

  /// The greatest difference from any other member's clock.
  package var greatest: Duration {
    let microseconds = peers.withLock { peers in
      peers.values.compactMap { $0.settled?.magnitude }.max() ?? 0
    }
    return .microseconds(microseconds)
  }
}
