import HTTP
import JSON
import Loop
import Raft
import Replication
import Store
import Synchronization
import WAL

/// `POST /raft/messages`: takes what another member says, and hands it to the node's thread.
///
/// 204 says that it was understood and let in, not that it had any effect; 503, that too much waits
/// for the thread (``PeerBacklog``).
struct PeerHandler: Handler {
  let gate: PeerGate
  let registry: CommandRegistry
  let mailbox: Mailbox<ReplicaInput>
  let backlog: PeerBacklog
  let time: ClusterTime
  let clocks: PeerClocks

  func respond(to request: Request, with response: Response) async throws {
    do throws(HTTPError) {
      let (identity, messages) = try admit(request, response)
      note(identity)
      let bytes = request.body.count
      try backlog.add(bytes)
      mailbox.post(.peer(identity.from, messages, bytes: bytes))
    } catch {
      response.addHeader(PeerRefusal.header, "true")
      throw error
    }
    response.status = .noContent
  }

  /// Compares clocks, and takes note of the time.
  private func note(_ sender: PeerIdentity) {
    if let clock = sender.clock {
      clocks.note(
        sender.from, called: gate.board.present.roster.name(of: sender.from), clock, time.own)
    }
    if let clusterTime = sender.time {
      let leader = gate.board.otherLeader.load(ordering: .relaxed)
      time.hear(clusterTime, fromLeader: leader == sender.from.rawValue)
    }
  }

  /// What a member says, once it is let in.
  private func admit(
    _ request: Request, _ response: Response
  ) throws(HTTPError) -> (PeerIdentity, [PeerMessage]) {
    try gate.admit(request, as: .json)
    let value = try jsonObject(request.body)
    let identity: PeerIdentity
    let messages: [PeerMessage]
    do throws(PeerError) {
      identity = try PeerIdentity(value)
      messages = try PeerMessage.list(
        value["messages"], from: identity.from, to: identity.to, registry)
    } catch { throw HTTPError(.badRequest, error.reason) }
    try gate.check(identity, response)
    for case .raft(let message) in messages { try gate.check(message.term) }
    return (identity, messages)
  }
}

/// The JSON object that a request between nodes holds.
func jsonObject(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> JSONValue {
  let value: JSONValue
  do { value = try JSONDocument(bytes).root } catch {
    throw HTTPError(.badRequest, "the body is not JSON: \(error)")
  }
  guard value.isObject else { throw HTTPError(.badRequest, "the body is not a JSON object") }
  return value
}
