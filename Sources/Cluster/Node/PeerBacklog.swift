import HTTP
import Synchronization

/// How many bytes of other members' messages wait for the node's thread.
///
/// Requests are answered when they are let in, so HTTP's own limit on them
/// (``HTTP/Limits/requestBytes``) ends where the thread's mailbox begins. A thread that is busy, or
/// waits for its disk, must not have the memory filled meanwhile: as much again may wait here, and
/// what comes beyond that is refused. Its sender knows that nothing of it was taken, and sends
/// again what is still true.
final class PeerBacklog: Sendable {
  static let limit = Limits().requestBytes
  private let bytes = Atomic(0)

  /// Makes room for messages that are about to be sent to the thread.
  func add(_ count: Int) throws(HTTPError) {
    guard bytes.add(count, ordering: .relaxed).newValue > Self.limit else { return }
    remove(count)
    throw HTTPError(.serviceUnavailable, "too many messages wait for this node's thread")
  }

  /// The thread has heard them.
  func remove(_ count: Int) { bytes.subtract(count, ordering: .relaxed) }
}
