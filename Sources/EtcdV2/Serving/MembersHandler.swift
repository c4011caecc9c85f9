internal import Bytes
internal import HTTP
internal import JSON

/// `/v2/members`: the members of the cluster, and changes to them.
///
/// | request | answer |
/// | --- | --- |
/// | GET | 200 `{"members":[...]}` |
/// | GET `/leader` | 200 the leader; 503 during an election |
/// | POST `{"peerURLs":[...]}` | 201 the new member |
/// | PUT `/id` `{"peerURLs":[...]}` | 204 |
/// | DELETE `/id` | 204; 404, or 410 if it was removed before |
///
/// A change needs the cluster's token, if there is one: 401 without it.
struct MembersHandler: Handler {
  private let cluster: any ClusterView

  init(_ cluster: any ClusterView) { self.cluster = cluster }

  func respond(to request: Request, with response: Response) async throws {
    switch request.method {
    case .get, .post, .delete, .put: break
    default: return response.refuseMethod(allowing: "GET,POST,DELETE,PUT")
    }
    response.addClusterID(of: cluster)
    let rest = try request.decodedPath.dropFirst("/v2/members".utf8.count)
    let name = String(decoding: rest.dropFirst(), as: UTF8.self)
    do throws(MemberError) {
      if request.method != .get,
        !cluster.mayChangeMembers(authorization: request.header("authorization"))
      {
        throw MemberError(.unauthorized, "the cluster's token is missing or wrong")
      }
      switch request.method {
      case .get: try show(name, response)
      case .post: try await add(request, response)
      default:
        if name.isEmpty { return response.refuseMethod(allowing: nil) }
        try await change(name, request, response)
      }
    } catch {
      response.refuse(error.status, message: error.message)
    }
  }

  private func show(_ name: String, _ response: Response) throws(MemberError) {
    switch name {
    case "":
      response.body.append("{\"members\":[")
      for (i, member) in cluster.members.enumerated() {
        if i > 0 { response.body.append(",") }
        response.body.append(member)
      }
      response.body.append("]}\n")
    case "leader":
      guard let leader = cluster.leader else {
        throw MemberError(.serviceUnavailable, "During election")
      }
      response.body.append(leader)
      response.body.append("\n")
    default: throw MemberError(.notFound, "Not found")
    }
    response.contentType = .json
  }

  private func add(_ request: Request, _ response: Response) async throws(MemberError) {
    let urls = try PeerURLs(request).urls
    let member: Member
    do { member = try await cluster.addMember(peerURLs: urls) } catch {
      throw MemberError(error, name: "")
    }
    response.status = .created
    response.contentType = .json
    response.body.append(member)
    response.body.append("\n")
  }

  private func change(
    _ name: String, _ request: Request, _ response: Response
  ) async throws(MemberError) {
    guard let id = UInt64(hex: name.utf8) else {
      throw MemberError(.notFound, "No such member: \(name)")
    }
    let urls = request.method == .put ? try PeerURLs(request).urls : []
    do throws(MembershipError) {
      if request.method == .put {
        try await cluster.updateMember(id, peerURLs: urls)
      } else {
        try await cluster.removeMember(id)
      }
    } catch {
      throw MemberError(error, name: String(hex: id))
    }
    response.status = .noContent
    response.contentType = nil
  }
}

/// An answer `{"message":...}`.
struct MemberError: Error {
  let status: Status
  let message: String

  init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// - Parameter name: the member's id as it is shown.
  init(_ error: MembershipError, name: String) {
    switch error {
    case .notFound: self.init(.notFound, "No such member: \(name)")
    case .removed: self.init(.gone, "Member permanently removed: \(name)")
    case .invalid(let reason): self.init(.badRequest, reason)
    case .peerURLExists: self.init(.conflict, "membership: peerURL exists")
    case .refused(let reason): self.init(.conflict, reason)
    case .failed(let reason): self.init(.internalServerError, reason)
    }
  }
}
