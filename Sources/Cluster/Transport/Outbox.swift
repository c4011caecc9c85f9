import JSON
import Synchronization

/// What waits to be sent to one peer: messages, gathered into requests.
///
/// The node's thread puts in, the peer's link takes out. Messages leave in the order they came; a peer
/// that takes nothing has them dropped, and Raft sends again what matters.
final class Outbox: Sendable {
  private struct State {
    /// Each the messages of one request, with commas between them.
    var requests: [[UInt8]] = []
    var bytes = 0
    var dropped = 0
  }

  private let state = Mutex(State())
  let signal = Signal()

  /// Adds messages, which are separated by commas.
  func put(_ messages: [UInt8]) {
    state.withLock { state in
      if state.bytes + messages.count > PeerLimits.waitingBytes {
        state.dropped += 1
        return
      }
      state.bytes += messages.count
      let last = state.requests.count - 1
      if last >= 0, state.requests[last].count + messages.count <= PeerLimits.requestBytes {
        state.requests[last].append(",")
        state.requests[last].append(contentsOf: messages)
      } else {
        state.requests.append(messages)
      }
    }
    signal.raise()
  }

  /// The messages of the next request; nil if there are none.
  func take() -> [UInt8]? {
    state.withLock { state in
      guard !state.requests.isEmpty else { return nil }
      let request = state.requests.removeFirst()
      state.bytes -= request.count
      return request
    }
  }

  /// Forgets everything: what could not be sent for a while is out of date.
  func clear() {
    state.withLock { state in
      state.requests.removeAll()
      state.bytes = 0
    }
  }
}
