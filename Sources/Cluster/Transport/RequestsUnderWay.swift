import Synchronization

/// The requests on their way over one connection, and what its tasks tell each other.
final class RequestsUnderWay: Sendable {
  struct Request {
    let sendTime: ContinuousClock.Instant
    let bytes: Int
    /// The numbers of the operations forwarded in it.
    let forwarded: [Range<UInt64>]
  }

  private struct State {
    /// Oldest first.
    var requests: [Request] = []
    var bytes = 0
    /// When the last answer came; nil before the first one.
    var lastAnswer: ContinuousClock.Instant?
  }

  private let state = Mutex(State())
  /// A request has been sent.
  let sent = Signal()
  /// A request has been answered.
  let answered = Signal()
  /// The connection is to be given up.
  let cut = Signal()

  var unansweredCount: Int { state.withLock { $0.requests.count } }

  /// Notes a request that is about to be sent.
  /// - Returns: how many bytes are on their way with it.
  func begin(_ forwarded: [Range<UInt64>], bytes: Int) -> Int {
    state.withLock { state in
      state.requests.append(Request(sendTime: .now, bytes: bytes, forwarded: forwarded))
      state.bytes += bytes
      return state.bytes
    }
  }

  /// Notes that the oldest request has been answered.
  /// - Returns: that request, and how many bytes are still on their way; nil if there is none.
  func end() -> (Request, rest: Int?) {
    state.withLock { state in
      let request = state.requests.removeFirst()
      state.bytes -= request.bytes
      state.lastAnswer = .now
      return (request, state.requests.isEmpty ? nil : state.bytes)
    }
  }

  /// Whether all requests were answered and nothing was sent since, so that nothing can be lost by
  /// taking another connection: one which is closed, or was idle for as long as `timeout`.
  func isIdle(for timeout: Duration, _ isOpen: Bool) -> Bool {
    state.withLock { state in
      guard let lastAnswer = state.lastAnswer, state.requests.isEmpty else { return false }
      return !isOpen || .now - lastAnswer >= timeout
    }
  }
}
