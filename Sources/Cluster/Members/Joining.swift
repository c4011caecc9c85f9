import Bytes
import HTTP
import HTTPAPI
import JSON
import Loop
import Options
import Raft
import Replication
import Store
import Token

// How a node comes into a running cluster: it asks any member to be added, and is told its id.
//
//     POST /raft/join {"id":...,"name":"node4","urls":["http://..."],"incarnation":"..."}
//     {"id":"...","members":[...]}
//
// An answer may be lost, so a node may ask several times, and several members. The id follows from
// the name and the directory's incarnation, so a second addition is the same as the first.

/// Asks the members, one after the other, until one has said who this node is, and who they are.
struct Joining {
  private static let attempts = 30
  /// How long one member may take: it may have to wait for a leader.
  private static let patience = Duration.seconds(10)

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
          if reason == "\(error)" { continue }
          reason = "\(error)"
          settings.log(.warn("not_joined", ["node": settings.name, "reason": reason]))
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
    let answer = try await connection.perform(request, within: patience)
    guard answer.status == .ok, let value = try? JSONDocument(answer.body).root,
      let id = value["id"]?.id, let members = value["members"]?.list(MemberRecord.init)
    else {
      let text = String(decoding: answer.body, as: UTF8.self)
      throw StartError(String(text.prefix { $0 != "\n" }))
    }
    return (NodeID(id), members)
  }
}

/// `POST /raft/join`: adds a member that asks for it, and tells it its id.
///
/// | the node that asks | what happens |
/// | --- | --- |
/// | is a member: its name and incarnation are in the roster | nothing, but that new addresses are noted |
/// | was announced by `POST /v2/members` with one of its addresses | it is described |
/// | is new | it is added, if this node accepts that (``NodeSettings/acceptsJoins``) |
/// | has the name of another member, was removed, or finds the announced place taken | 409 |
struct JoinHandler: Handler {
  let gate: PeerGate
  let node: ClusterNode

  func respond(to request: Request, with response: Response) async throws {
    try gate.admit(request, as: .json)
    let wanted = try Self.wanted(try jsonObject(request.body))
    // An older roster may not name a member that was added or announced by another node.
    try await node.ready()
    let roster = node.status.roster
    guard let cluster = roster.cluster, let incarnation = wanted.incarnation else {
      throw HTTPError(.serviceUnavailable, "the cluster has not been bootstrapped yet")
    }
    let known = roster.members.first { $0.name == wanted.name && $0.incarnation == incarnation }
    let announced = roster.members.first {
      $0.name.isEmpty && !Set($0.urls).isDisjoint(with: wanted.urls)
    }
    let id =
      known?.id ?? announced?.id
      ?? NodeID(joining: cluster, name: wanted.name, incarnation: incarnation)
    let record = MemberRecord(
      id: id, name: wanted.name, urls: wanted.urls, clientURLs: wanted.clientURLs,
      incarnation: incarnation)
    if let known {
      if known != record { try await change(.describe(record)) }
    } else if announced != nil, !roster.members.contains(where: { $0.name == wanted.name }) {
      try await change(.describe(record))
    } else {
      if let reason = roster.objection(to: record) { throw HTTPError(.conflict, reason) }
      guard node.settings.acceptsJoins else {
        throw HTTPError(
          .forbidden,
          "\(node.status.name) lets no node join: see -cluster-token-file, -accept-joins")
      }
      try await add(record)
    }
    // Of two that ask for one announced place at once, the first in the log has it.
    guard node.status.roster[id]?.incarnation == incarnation else {
      throw HTTPError(.conflict, "another node has taken the place that was announced")
    }
    response.contentType = .json
    response.body.append("{\"id\":")
    response.body.append(id: id.rawValue)
    response.body.append(",\"members\":")
    response.body.append(list: node.status.roster.members) { bytes, member in
      // By its incarnation a member is recognised: that is for members alone to know.
      var member = member
      member.incarnation = nil
      bytes.append(member)
    }
    response.body.append("}\n")
  }

  /// Reads what a node says of itself.
  private static func wanted(_ value: JSONValue) throws(HTTPError) -> MemberRecord {
    guard let record = MemberRecord(value), record.incarnation != nil else {
      throw HTTPError(.badRequest, "\"id\", \"name\", \"urls\" and \"incarnation\" must be given")
    }
    guard NodeSettings.isName(record.name) else {
      throw HTTPError(.badRequest, "\"name\" must be \(NodeSettings.nameRule)")
    }
    guard (1...PeerLimits.memberURLs).contains(record.urls.count),
      record.urls.allSatisfy({ HostPort(url: $0) != nil })
    else {
      throw HTTPError(
        .badRequest, "\"urls\" must be 1 to \(PeerLimits.memberURLs) of http://host:port")
    }
    if let excess = record.excess { throw HTTPError(.badRequest, excess) }
    guard record.clientURLs.count <= PeerLimits.memberURLs,
      record.clientURLs.allSatisfy({ (try? ClientURL(flagText: $0)) != nil })
    else {
      throw HTTPError(
        .badRequest, "\"clientURLs\" must be up to \(PeerLimits.memberURLs) of http://host:port")
    }
    return record
  }

  /// Adds a member. It may have been added by an earlier request meanwhile: then it is one.
  private func add(_ record: MemberRecord) async throws(HTTPError) {
    do throws(HTTPError) { try await change(.add(record)) } catch {
      try await node.ready()
      if node.status.roster[record.id] == nil { throw error }
    }
  }

  private func change(_ operation: Operation) async throws(HTTPError) {
    do { _ = try await node.propose(operation) } catch {
      throw HTTPError(.serviceUnavailable, "\(error)")
    }
  }
}
