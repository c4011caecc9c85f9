import HTTP
import Replication
import Synchronization

/// Whose turn it is to bring a piece of a snapshot: one request's at a time.
///
/// A piece is written by a thread of its own, since that touches the disk. A leader sends the next
/// one when this one is answered, so a second one at the same time is of another sender, or of one
/// that lost patience, and can come again. If it waited, every request that waits would take a
/// thread, of which a process has only so many.
///
/// A snapshot for which there was no space is not taken in again at once: its leader would send
/// nearly all of it twice a second. The pause grows, and it is only the first piece that is refused
/// meanwhile, so that no more than that is sent.
final class PieceTurn: Sendable {
  private struct State {
    var isTaken = false
    /// The latest pause; zero if there was space the last time.
    var pause = Duration.zero
    var pauseEnd = ContinuousClock.now
  }

  static let firstPause = Duration.seconds(1)
  static let longestPause = Duration.seconds(60)

  private let state = Mutex(State())

  /// Begins a turn, which ``end()`` has to end.
  /// - Parameter isFirst: whether the piece is the first of a snapshot.
  func begin(isFirst: Bool, at now: ContinuousClock.Instant = .now) throws(HTTPError) {
    try state.withLock { state throws(HTTPError) in
      if state.isTaken {
        throw HTTPError(.serviceUnavailable, "another piece is being taken in")
      }
      if isFirst, state.pause > .zero, now < state.pauseEnd {
        throw HTTPError(.serviceUnavailable, NodeStatus.diskFull)
      }
      state.isTaken = true
    }
  }

  func end() { state.withLock { $0.isTaken = false } }

  /// There was no space for the piece.
  /// - Returns: whether there was some the last time.
  func noteFullDisk(at now: ContinuousClock.Instant = .now) -> Bool {
    state.withLock { state in
      let isNew = state.pause == .zero
      state.pause = isNew ? Self.firstPause : min(state.pause * 2, Self.longestPause)
      state.pauseEnd = now + state.pause
      return isNew
    }
  }

  /// A snapshot has arrived whole.
  func noteArrival() { state.withLock { $0.pause = .zero } }
}
