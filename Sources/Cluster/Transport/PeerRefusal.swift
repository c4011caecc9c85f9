import HTTP

/// How a node says that it has taken nothing of a request by another member.
///
/// A status alone does not say so: a proxy answers 502 when it has lost its server, which may have
/// taken the request before.
enum PeerRefusal {
  /// Its presence is what counts; the value is for people.
  static let header: StaticString = "X-Mini-Etcd-Refused"
  private static let soughtHeader: StaticString = "x-mini-etcd-refused"

  /// Whether the answer says with certainty that nothing was taken.
  static func isCertain(_ answer: ClientResponse) -> Bool {
    400... ~= answer.status.rawValue && answer.header(soughtHeader) != nil
  }
}
