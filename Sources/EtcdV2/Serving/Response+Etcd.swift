internal import Bytes
internal import HTTP
internal import JSON

extension Response {
  /// Answers as Go's `http.Error` does: a line of text that a browser must not interpret otherwise.
  func refuse(_ status: Status, _ text: StaticString) {
    self.status = status
    contentType = .plainText
    addHeader("X-Content-Type-Options", "nosniff")
    body.append(text)
    body.append("\n")
  }

  /// Answers 405; `methods` go into Allow as they are, nil leaves it out.
  func refuseMethod(allowing methods: StaticString?) {
    if let methods { addHeader("Allow", methods) }
    refuse(.methodNotAllowed, "Method Not Allowed")
  }

  /// Answers `{"message":...}`, as etcd does outside of /v2/keys.
  func refuse(_ status: Status, message: String) {
    self.status = status
    contentType = .json
    body.append("{\"message\":")
    body.append(jsonString: Array(message.utf8))
    body.append("}")
  }

  func addClusterID(of cluster: any ClusterView) {
    addHeader("X-Etcd-Cluster-Id", hex: cluster.clusterID)
  }
}
