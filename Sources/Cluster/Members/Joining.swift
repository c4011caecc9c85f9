import HTTP
import JSON
import Options
import Raft
import Store
import Token

// How a node comes into a running cluster: it asks any member to be added, and is told its id.
//
//     POST /raft/join {"id":...,"name":"node4","urls":["http://..."],"incarnation":"..."}
//     {"id":"...","members":[...]}
//
// Asking again is harmless: who is known by name and incarnation is told the id it has.

/// Asks the members, one after the other, until one has said who this node is, and who they are.
struct Joining {
  private static let attempts = 30

  private let identity: MemberRecord
  private let settings: NodeSettings

  init(_ identity: MemberRecord, _ settings: NodeSettings) {
    self.identity = identity
    self.settings = settings
  }

  func run(on loop: EventLoop) async throws(StartError) -> (id: NodeID, members: [MemberRecord]) {
    let request = request
    var reason = "no address of a member is known"
    for _ in 0..<Self.attempts {
      for address in settings.peers.flatMap({ settings.addresses[$0] ?? [] }) {
        do {
          return try await loop.run { try await Self.ask(address, request) }
        } catch {
          if reason != "\(error)" { settings.log("event=not_joined reason=\(quoted("\(error)"))") }
          reason = "\(error)"
        }
      }
      try? await Task.sleep(for: .seconds(1))
    }
    throw StartError("cannot join the cluster: \(reason)")
  }

  private var request: ClientRequest {
    var body: [UInt8] = []
    body.append(identity)
    var request = ClientRequest(.post, "/raft/join", contentType: .json, body: body)
    request.answerBytes = PeerLimits.answerBytes
    if let token = settings.token { request.addHeader("Authorization", token.authorization) }
    return request
  }

  @concurrent private static func ask(
    _ address: HostPort, _ request: ClientRequest
  ) async throws -> (id: NodeID, members: [MemberRecord]) {
    let connection = try await ClientConnection.connect(to: address.host, port: address.port)
    defer { connection.close() }
    let answer = try await connection.perform(request)
    guard answer.status == .ok, let value = try? JSONDocument(answer.body).root,
      let id = value["id"]?.id, let members = value["members"]?.list(MemberRecord.init)
    else { throw StartError(String(decoding: answer.body, as: UTF8.self)) }
    return (NodeID(id), members)
  }
}

/// `POST /raft/join`: adds a member that asks for it, and tells it its id.
struct JoinHandler: Handler {
  let gate: PeerGate
  let node: ClusterNode

  func respond(to request: Request, with response: Response) async throws {
    try gate.checkToken(of: request)
    guard let wanted = MemberRecord(try jsonObject(request.body)), !wanted.name.isEmpty,
      let incarnation = wanted.incarnation
    else { throw HTTPError(.badRequest, "name, urls or incarnation is missing") }
    let roster = node.status.roster
    let id: NodeID
    if let known = roster.members.first(where: {
      $0.name == wanted.name && $0.incarnation == incarnation
    }) {
      id = known.id
    } else if let expected = roster.members.first(where: {
      $0.name.isEmpty && !Set($0.urls).isDisjoint(with: wanted.urls)
    }) {
      // It was added under its address, and now says its name.
      id = expected.id
      try await change(
        .describe(
          MemberRecord(
            id: id, name: wanted.name, urls: wanted.urls, incarnation: incarnation)))
    } else if roster.members.contains(where: { $0.name == wanted.name }) {
      throw HTTPError(.conflict, "there is a member \(wanted.name); remove it first")
    } else {
      id = NodeID(.random(in: 1 ... .max))
      try await change(
        .add(
          MemberRecord(
            id: id, name: wanted.name, urls: wanted.urls, incarnation: incarnation)))
    }
    response.contentType = .json
    response.body.append("{\"id\":")
    response.body.append(id: id.rawValue)
    response.body.append(",\"members\":")
    response.body.append(list: node.status.roster.members) { $0.append($1) }
    response.body.append("}\n")
  }

  private func change(_ operation: Operation) async throws(HTTPError) {
    do { _ = try await node.propose(operation) } catch {
      throw HTTPError(.serviceUnavailable, "\(error)")
    }
  }
}
