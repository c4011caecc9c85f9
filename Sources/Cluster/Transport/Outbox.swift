import Bytes
import Replication
import Synchronization

/// What waits to be sent to one peer: messages, gathered into requests.
///
/// The node's thread puts in, the peer's link takes out. Messages leave in the order they came; a
/// peer that takes nothing has them dropped: Raft sends again what matters, and what was forwarded
/// is said to be lost.
final class Outbox: Sendable {
  private struct State {
    var requests: [PendingMessages] = []
    var bytes = 0
  }

  private let state = Mutex(State())
  let signal = Signal()

  var isEmpty: Bool { state.withLock { $0.requests.isEmpty } }

  /// Adds messages.
  /// - Returns: whether there was room for them.
  func put(_ messages: PendingMessages) -> Bool {
    let isTaken = state.withLock { state in
      let size = messages.bytes.count
      if state.bytes + size > PeerLimits.waitingBytes { return false }
      state.bytes += size
      let last = state.requests.count - 1
      if last >= 0, state.requests[last].bytes.count + size <= PeerLimits.requestBytes {
        state.requests[last].append(messages)
      } else {
        state.requests.append(messages)
      }
      return true
    }
    signal.raise()
    return isTaken
  }

  /// The messages of the next request; nil if there are none.
  func take() -> PendingMessages? {
    state.withLock { state in
      guard !state.requests.isEmpty else { return nil }
      let messages = state.requests.removeFirst()
      state.bytes -= messages.bytes.count
      return messages
    }
  }

  /// Takes everything: what could not be sent for a while is out of date.
  func takeAll() -> [PendingMessages] {
    state.withLock { state in
      defer { state = State() }
      return state.requests
    }
  }
}
