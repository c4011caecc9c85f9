internal import Bytes
internal import HTTP
internal import JSON

/// `/v2/auth`: users and roles, which are not supported.
///
/// `GET /v2/auth/enable` is 200 `{"enabled":false}`, as with an etcd that has not enabled them.
/// Every other request is 403 with a JSON message, which etcdctl shows. It cannot show a response
/// that is not JSON, and it takes 501 for a failure of one server, whose response it does not read.
struct AuthHandler: Handler {
  private let cluster: any ClusterView

  init(_ cluster: any ClusterView) { self.cluster = cluster }

  func respond(to request: Request, with response: Response) async throws {
    response.addClusterID(of: cluster)
    let isQuestion = request.method == .get || request.method == .head
    let path = try request.decodedPath
    guard isQuestion, path.elementsEqual("/v2/auth/enable".utf8) else {
      return response.refuse(.forbidden, message: "users and roles are not supported")
    }
    response.contentType = .json
    response.body.append("{\"enabled\":false}\n")
  }
}
