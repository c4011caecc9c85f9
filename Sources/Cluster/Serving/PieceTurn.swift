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
/// A snapshot that could not be taken in is not taken in again at once: its leader would send
/// nearly all of it twice a second. The pause grows, and it is only the first piece that is refused
/// meanwhile, so that no more than that is sent.
///
/// A pause for lack of space ends when there is enough, if the system can tell: if it said so
/// already when the snapshot failed, the limit is another one, such as a quota.
final class PieceTurn: Sendable {
  /// Why the latest snapshot could not be taken in.
  private struct Failure {
    let refusal: HTTPError
    let time: ContinuousClock.Instant
    let pause: Duration
    /// Whether the system said that there was less space than the snapshot takes.
    let lackedSpace: Bool
  }

  private struct State {
    var isTaken = false
    /// Nil after a snapshot has arrived.
    var failure: Failure?
  }

  static let firstPause = Duration.seconds(1)
  static let longestPause = Duration.seconds(60)

  private let state = Mutex(State())
  /// How much may still be written where snapshots go; nil if that is not known. It may block.
  private let availableBytes: @Sendable () -> UInt64?

  init(_ availableBytes: @escaping @Sendable () -> UInt64?) {
    self.availableBytes = availableBytes
  }

  /// Begins a turn, which ``end()`` has to end.
  func begin() throws(HTTPError) {
    let isTaken = state.withLock { state in
      defer { state.isTaken = true }
      return state.isTaken
    }
    if isTaken { throw HTTPError(.serviceUnavailable, "another piece is being taken in") }
  }

  func end() { state.withLock { $0.isTaken = false } }

  /// Lets a snapshot of so many bytes begin, unless there is a pause. It may block.
  func beginSnapshot(of bytes: UInt64, at now: ContinuousClock.Instant = .now) throws(HTTPError) {
    guard let failure = state.withLock({ $0.failure }), now < failure.time + failure.pause
    else { return }
    if failure.lackedSpace, now >= failure.time + Self.firstPause, hasSpace(for: bytes) { return }
    throw failure.refusal
  }

  /// A snapshot of so many bytes could not be taken in. It may block.
  ///
  /// - Parameter refusal: what its sender was told, and is told until the pause is over.
  /// - Returns: whether the one before could, or failed otherwise.
  func noteFailure(
    _ refusal: HTTPError, of bytes: UInt64, at now: ContinuousClock.Instant = .now
  ) -> Bool {
    let lackedSpace = !hasSpace(for: bytes)
    return state.withLock { state in
      let last = state.failure
      state.failure = Failure(
        refusal: refusal, time: now,
        pause: last.map { min($0.pause * 2, Self.longestPause) } ?? Self.firstPause,
        lackedSpace: lackedSpace)
      return last?.refusal.text != refusal.text
    }
  }

  /// A snapshot has arrived whole.
  func noteArrival() { state.withLock { $0.failure = nil } }

  private func hasSpace(for bytes: UInt64) -> Bool { availableBytes().map { $0 >= bytes } ?? true }
}
