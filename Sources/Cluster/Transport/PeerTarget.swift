import Bytes
import Raft
import Replication
import Synchronization

/// What the links to one peer have in common: where it is, what it is called, and what it said
/// last.
final class PeerTarget: Sendable {
  let id: NodeID
  let roundTrips = RoundTrips()
  private let state: Mutex<State>

  private struct State {
    var name: String
    var addresses: [HostPort] = []
    /// Which of them is tried first.
    var first = 0
    var isClosed = false
    /// The last refusal it answered with.
    var lastComplaint: String?
    var outage = PeerOutage()
  }

  init(_ id: NodeID) {
    self.id = id
    state = Mutex(State(name: id.hex))
  }

  /// Sets what to call the peer, and where to reach it.
  func aim(_ name: String, _ addresses: [HostPort]) {
    state.withLock { state in
      state.name = name.isEmpty ? id.hex : name
      if state.addresses == addresses { return }
      state.addresses = addresses
      state.first = 0
    }
  }

  /// The peer was reached at an address: there it is tried first from now on.
  func reached(at address: HostPort) {
    state.withLock { $0.first = $0.addresses.firstIndex(of: address) ?? 0 }
  }

  /// What answers at an address is not the peer, or nothing does: the next one is tried first.
  func failed(at address: HostPort) {
    state.withLock { state in
      guard state.addresses.count > 1, state.addresses[state.first] == address else { return }
      state.first = (state.first + 1) % state.addresses.count
    }
  }

  var name: String { state.withLock { $0.name } }
  /// In the order in which to try them.
  var addresses: [HostPort] {
    state.withLock { state in
      Array(state.addresses[state.first...] + state.addresses[..<state.first])
    }
  }
  /// Whether it may be reached elsewhere.
  func hasAddresses(otherThan address: HostPort) -> Bool {
    state.withLock { $0.addresses.contains { $0 != address } }
  }
  var isClosed: Bool { state.withLock { $0.isClosed } }

  func close() { state.withLock { $0.isClosed = true } }

  /// The peer has answered: returns whether otherwise than before, and whether it was reported to
  /// be out of reach.
  /// - Parameter complaint: nil if it took the request.
  func answered(_ complaint: String?) -> (isNew: Bool, isBack: Bool) {
    state.withLock { state in
      defer { state.lastComplaint = complaint }
      return (complaint != state.lastComplaint, state.outage.end())
    }
  }

  /// A request has failed: see ``PeerOutage/fail(at:)``.
  func unreached(at now: ContinuousClock.Instant) -> Int? {
    state.withLock { $0.outage.fail(at: now) }
  }
}
