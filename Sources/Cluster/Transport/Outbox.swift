import Bytes
import Synchronization

/// Messages for one peer, with commas between them: what one request carries.
struct Parcel: Sendable {
  var bytes: [UInt8] = []
  /// The numbers of the operations forwarded in it: whoever waits for them has to know if the peer
  /// never got them.
  var forwarded: [Range<UInt64>] = []

  /// Adds messages, themselves separated by commas.
  mutating func append(_ other: Parcel) {
    bytes.append(",")
    bytes.append(contentsOf: other.bytes)
    forwarded += other.forwarded
  }
}

/// What waits to be sent to one peer: messages, gathered into requests.
///
/// The node's thread puts in, the peer's link takes out. Messages leave in the order they came; a peer
/// that takes nothing has them dropped: Raft sends again what matters, and what was forwarded is said
/// to be lost.
final class Outbox: Sendable {
  private struct State {
    var parcels: [Parcel] = []
    var bytes = 0
  }

  private let state = Mutex(State())
  let signal = Signal()

  var isEmpty: Bool { state.withLock { $0.parcels.isEmpty } }

  /// Adds messages.
  /// - Returns: whether there was room for them.
  func put(_ messages: Parcel) -> Bool {
    let isTaken = state.withLock { state in
      let size = messages.bytes.count
      if state.bytes + size > PeerLimits.waitingBytes { return false }
      state.bytes += size
      let last = state.parcels.count - 1
      if last >= 0, state.parcels[last].bytes.count + size <= PeerLimits.requestBytes {
        state.parcels[last].append(messages)
      } else {
        state.parcels.append(messages)
      }
      return true
    }
    signal.raise()
    return isTaken
  }

  /// The messages of the next request; nil if there are none.
  func take() -> Parcel? {
    state.withLock { state in
      guard !state.parcels.isEmpty else { return nil }
      let parcel = state.parcels.removeFirst()
      state.bytes -= parcel.bytes.count
      return parcel
    }
  }

  /// Takes everything: what could not be sent for a while is out of date.
  func takeAll() -> [Parcel] {
    state.withLock { state in
      defer { state = State() }
      return state.parcels
    }
  }
}
