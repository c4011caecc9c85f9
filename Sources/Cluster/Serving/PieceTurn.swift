import HTTP
import Synchronization

/// Whose turn it is to bring a piece of a snapshot: one request's at a time.
///
/// A piece is written by a thread of its own, since that touches the disk. A leader sends the next
/// one when this one is answered, so a second one at the same time is of another sender, or of one
/// that lost patience, and can come again. If it waited, every request that waits would take a
/// thread, of which a process has only so many.
final class PieceTurn: Sendable {
  private let isTaken = Atomic(false)

  /// Begins a turn, which ``end()`` has to end.
  func begin() throws(HTTPError) {
    guard !isTaken.exchange(true, ordering: .acquiring) else {
      throw HTTPError(.serviceUnavailable, "another piece is being taken in")
    }
  }

  func end() { isTaken.store(false, ordering: .releasing) }
}
