import Bytes
import HTTP
import Loop
import Raft
import Replication
import Synchronization

/// A way to one peer: takes what waits for it and sends it, over one long-lived connection.
///
/// ```
///   node's thread ─► control ─► connection 1 ─► peer     heartbeats do not wait
///                 └► bulk ────► connection 2 ─► peer     for eight megabytes of log
/// ```
///
/// Several requests may be on their way at once (pipelining); the answers say only that they were
/// taken, or why not. Whatever goes wrong, the connection is made anew and what had waited is
/// dropped: Raft sends again what is still true, and of what was forwarded the node's thread is
/// told if it certainly never arrived.
///
/// How long an answer may take grows with the bytes on their way. That such a connection is dead is
/// found out by the control lane, whose messages are short: when it fails, the bulk lane is cut
/// too.
final class PeerLink: Sendable {
  private let outbox = Outbox()
  private let target: PeerTarget
  private let context: PeerContext
  private let lane: Lane
  /// Called when a connection fails or none can be made.
  private let onFailure: @Sendable () -> Void
  private let underWay = Mutex<RequestsUnderWay?>(nil)

  init(
    _ target: PeerTarget, _ lane: Lane, _ context: PeerContext,
    onFailure: @escaping @Sendable () -> Void = {}
  ) {
    self.target = target
    self.lane = lane
    self.context = context
    self.onFailure = onFailure
  }

  /// Sends messages when it can. From any thread.
  func send(_ messages: PendingMessages) {
    if !outbox.put(messages) { context.lose(messages, to: target.id) }
  }

  /// Ends ``run()``, once the target is closed and what waits for it has been sent, or cannot be: a
  /// leader that was removed leads on until it hears that another member knows.
  func close() { outbox.signal.raise() }

  /// Gives up the present connection, if there is one, and what is on its way.
  func cut() { underWay.withLock { $0 }?.cut.raise() }

  /// Sends until the target is closed and nothing waits for it, or the task is cancelled. On an
  /// event loop.
  func run() async {
    defer { loseAll() }
    while !Task.isCancelled {
      if outbox.isEmpty {
        if target.isClosed { return }
        await outbox.signal.wait()
        continue
      }
      do {
        let (connection, address) = try await context.connect(to: target.addresses)
        defer { connection.close() }
        target.reached(at: address)
        do { try await converse(over: connection, to: address) } catch {
          if !(error is IdleConnectionClosed) { target.failed(at: address) }
          throw error
        }
      } catch is IdleConnectionClosed {
        // Nothing was lost: what waits goes over another one.
      } catch {
        note(error)
        target.roundTrips.fail()
        onFailure()
        loseAll()
        context.noteUnreached(target.id)
        // Not at once again: a node that is down refuses as fast as one can ask.
        try? await LoopClock().sleep(for: context.retryPause)
      }
    }
  }

  private func loseAll() {
    for messages in outbox.takeAll() { context.lose(messages, to: target.id) }
  }

  private func converse(over connection: ClientConnection, to address: HostPort) async throws {
    let underWay = RequestsUnderWay()
    self.underWay.withLock { $0 = underWay }
    defer { self.underWay.withLock { $0 = nil } }
    // All tasks run on the connection's loop.
    nonisolated(unsafe) let connection = connection
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.send(over: connection, underWay) }
      group.addTask { try await self.receive(over: connection, to: address, underWay) }
      group.addTask {
        await underWay.cut.wait()
        throw ClientError.cancelled
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func send(over connection: ClientConnection, _ underWay: RequestsUnderWay) async throws {
    while !Task.isCancelled {
      guard underWay.unansweredCount < PeerLimits.unansweredRequests else {
        await underWay.answered.wait()
        continue
      }
      if outbox.isEmpty {
        if !target.isClosed {
          await outbox.signal.wait()
        } else if underWay.unansweredCount > 0 {
          await underWay.answered.wait()
        } else {
          return
        }
        continue
      }
      if underWay.isIdle(for: context.idleTimeout, connection.isOpen) {
        throw IdleConnectionClosed()
      }
      guard connection.isOpen else { throw ClientError.notSent }
      guard let messages = outbox.take() else { continue }
      let request = context.request(messages.bytes, to: target.id)
      let onTheWay = underWay.begin(messages.forwarded, bytes: request.body.count)
      connection.expire(after: context.allowance(for: onTheWay))
      try await connection.send(request)
      underWay.sent.raise()
    }
  }

  private func receive(
    over connection: ClientConnection, to address: HostPort, _ underWay: RequestsUnderWay
  ) async throws {
    while !Task.isCancelled {
      guard underWay.unansweredCount > 0 else {
        await underWay.sent.wait()
        continue
      }
      let answer = try await connection.receive()
      let (request, rest) = underWay.end()
      connection.expire(after: rest.map(context.allowance))
      underWay.answered.raise()
      if answer.status == .noContent {
        target.roundTrips.succeed(after: .now - request.sendTime, isShort: lane == .control)
      } else {
        target.roundTrips.fail()
        // Anything else may have been said after the peer took it.
        if PeerRefusal.isCertain(answer) {
          context.lose(PendingMessages(forwarded: request.forwarded), to: target.id)
        }
      }
      note(answer)
      // Another node, or another server, may have taken the address over.
      if answer.status != .noContent, target.hasAddresses(otherThan: address) {
        throw ClientError.closed
      }
    }
  }

  private func note(_ error: any Error) {
    guard let seconds = target.unreached(at: .now) else { return }
    context.log(
      .warn(
        "peer_unreachable", ["peer": target.name, "seconds": seconds, "reason": "\(error)"]))
  }

  /// A refusal is worth a line, once.
  private func note(_ answer: ClientResponse) {
    let reason = answer.status == .noContent ? nil : answer.reason
    let (isNew, isBack) = target.answered(reason)
    if isBack { context.log(.info("peer_reachable", ["peer": target.name])) }
    guard let reason else { return }
    if isNew {
      context.log(
        .warn(
          "refused", ["by": target.name, "status": answer.status.rawValue, "reason": reason]))
    }
    if context.provesRemoval(answer, by: target.id) { context.onRemoval(target.id) }
  }
}

/// A connection that was used and then not needed for a while is gone, or about to go: the peer
/// closes its idle ones.
private struct IdleConnectionClosed: Error {}

extension ClientResponse {
  /// The first line of what a peer says when it refuses.
  var reason: String {
    String(decoding: body, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
  }
}
