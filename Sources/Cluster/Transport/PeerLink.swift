import HTTP
import JSON
import Options
import Raft
import Synchronization

/// The way to one peer: takes what waits for it and sends it, over one long-lived connection.
///
/// Several requests may be on their way at once (pipelining); the answers say only that they were
/// taken, or why not. Whatever goes wrong, the connection is made anew and what had waited is dropped:
/// Raft sends again what is still true, and of what was forwarded the node's thread is told if it
/// certainly never arrived.
final class PeerLink: Sendable {
  private let outbox = Outbox()
  let roundTrips = RoundTrips()
  let id: NodeID
  private let target: Mutex<Target>
  private let context: PeerContext

  private struct Target {
    var name: String
    var addresses: [HostPort]
    var isClosed = false
    /// What the peer answered last, other than that it took the request.
    var lastComplaint: String?
  }

  init(_ id: NodeID, _ context: PeerContext) {
    self.id = id
    self.context = context
    target = Mutex(Target(name: id.hex, addresses: []))
  }

  /// Whom to reach, and where.
  func aim(_ name: String, _ addresses: [HostPort]) {
    target.withLock { target in
      target.name = name.isEmpty ? id.hex : name
      target.addresses = addresses
    }
  }

  /// Sends messages when it can. From any thread.
  func send(_ messages: Parcel) {
    if !outbox.put(messages) { context.lose(messages, to: id) }
  }

  var addresses: [HostPort] { target.withLock { $0.addresses } }

  /// Ends ``run()``.
  func close() {
    target.withLock { $0.isClosed = true }
    outbox.signal.raise()
  }

  private var isClosed: Bool { target.withLock { $0.isClosed } || Task.isCancelled }

  /// Sends until it is closed or cancelled. On an event loop.
  func run() async {
    defer { loseAll() }
    while !isClosed {
      await outbox.signal.wait()
      if isClosed { return }
      do {
        let connection = try await context.connect(to: addresses)
        defer { connection.close() }
        try await converse(over: connection)
      } catch {
        roundTrips.fail()
        loseAll()
        // Not at once again: a node that is down refuses as fast as one can ask.
        try? await Task.sleep(for: context.retryPause)
      }
    }
  }

  private func loseAll() {
    for messages in outbox.takeAll() { context.lose(messages, to: id) }
  }

  private func converse(over connection: ClientConnection) async throws {
    let exchange = Exchange()
    // Both tasks run on the connection's loop.
    nonisolated(unsafe) let connection = connection
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.send(over: connection, exchange) }
      group.addTask { try await self.receive(over: connection, exchange) }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// What the two tasks tell each other.
  private final class Exchange: Sendable {
    let unanswered = Atomic(0)
    /// When the unanswered ones were sent, and what was in them.
    let requests = Mutex<[(sendTime: ContinuousClock.Instant, forwarded: [Range<UInt64>])]>([])
    let sent = Signal()
    let answered = Signal()
  }

  private func send(over connection: ClientConnection, _ exchange: Exchange) async throws {
    while !isClosed {
      guard connection.isOpen else { throw ClientError.notSent }
      guard exchange.unanswered.load(ordering: .relaxed) < PeerLimits.unansweredRequests else {
        await exchange.answered.wait()
        continue
      }
      guard let messages = outbox.take() else {
        await outbox.signal.wait()
        continue
      }
      exchange.unanswered.add(1, ordering: .relaxed)
      exchange.requests.withLock { $0.append((.now, messages.forwarded)) }
      connection.expire(after: context.answerTimeout)
      try await connection.send(context.request(messages.bytes, to: id))
      exchange.sent.raise()
    }
  }

  private func receive(over connection: ClientConnection, _ exchange: Exchange) async throws {
    while !isClosed {
      guard exchange.unanswered.load(ordering: .relaxed) > 0 else {
        await exchange.sent.wait()
        continue
      }
      let answer = try await connection.receive()
      let rest = exchange.unanswered.subtract(1, ordering: .relaxed).newValue
      connection.expire(after: rest == 0 ? nil : context.answerTimeout)
      exchange.answered.raise()
      let request = exchange.requests.withLock { $0.removeFirst() }
      if answer.status == .noContent {
        roundTrips.succeed(after: .now - request.sendTime)
      } else {
        roundTrips.fail()
        context.lose(Parcel(forwarded: request.forwarded), to: id)
      }
      note(answer)
    }
  }

  /// A refusal is worth a line, once.
  private func note(_ answer: ClientResponse) {
    if answer.status == .noContent { return }
    let reason =
      String(decoding: answer.body, as: UTF8.self)
      .split(separator: "\n").first.map(String.init) ?? ""
    let name = target.withLock { target -> String? in
      defer { target.lastComplaint = reason }
      return target.lastComplaint == reason ? nil : target.name
    }
    if let name {
      let status = answer.status.rawValue
      context.log("event=refused by=\(name) status=\(status) reason=\(quoted(reason))")
    }
    if answer.status == .gone { context.onRemoval() }
  }
}
