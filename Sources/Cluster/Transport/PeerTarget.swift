import Options
import Raft
import Synchronization

/// What the links to one peer have in common: where it is, what it is called, and what it said last.
final class PeerTarget: Sendable {
  let id: NodeID
  let roundTrips = RoundTrips()
  private let state: Mutex<State>

  private struct State {
    var name: String
    var addresses: [HostPort] = []
    var isClosed = false
    /// The last refusal it answered with.
    var lastComplaint: String?
  }

  init(_ id: NodeID) {
    self.id = id
    state = Mutex(State(name: id.hex))
  }

  /// Sets what to call the peer, and where to reach it.
  func aim(_ name: String, _ addresses: [HostPort]) {
    state.withLock { state in
      state.name = name.isEmpty ? id.hex : name
      state.addresses = addresses
    }
  }

  var name: String { state.withLock { $0.name } }
  var addresses: [HostPort] { state.withLock { $0.addresses } }
  var isClosed: Bool { state.withLock { $0.isClosed } }

  func close() { state.withLock { $0.isClosed = true } }

  /// Whether the peer's latest answer differs from the one before it; nil: it took the request.
  func isNew(_ complaint: String?) -> Bool {
    state.withLock { state in
      defer { state.lastComplaint = complaint }
      return complaint != state.lastComplaint
    }
  }
}
