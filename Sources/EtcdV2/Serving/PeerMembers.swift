internal import Bytes
internal import HTTP
internal import JSON

extension Router {
  /// Adds `GET /members`, which etcd answers at its peer URL: `etcd --proxy on` asks there for the
  /// members' client URLs.
  ///
  ///     [{"id":13668033151171901709,"peerURLs":[...],"name":"node1","clientURLs":[...]}]
  ///
  /// Unlike in `/v2/members` an id is a number, and an empty name or list of client URLs is left
  /// out.
  mutating func addPeerMembers(_ cluster: any ClusterView) {
    mount(
      "/members",
      Endpoint("/members", [.get], allow: "GET") { response in
        response.contentType = .json
        response.addClusterID(of: cluster)
        response.body.append("[")
        for (place, member) in cluster.members.enumerated() {
          if place > 0 { response.body.append(",") }
          response.body.append(peerForm: member)
        }
        response.body.append("]\n")
      })
  }
}

extension [UInt8] {
  fileprivate mutating func append(peerForm member: Member) {
    append("{\"id\":")
    append(decimal: member.id)
    append(",\"peerURLs\":")
    append(jsonStrings: member.peerURLs)
    if !member.name.isEmpty {
      append(",\"name\":")
      append(jsonString: Array(member.name.utf8))
    }
    if !member.clientURLs.isEmpty {
      append(",\"clientURLs\":")
      append(jsonStrings: member.clientURLs)
    }
    append("}")
  }
}
