internal import Bytes

/// What a request asks to be done (RFC 9110, section 9).
public enum Method: UInt8, Hashable, Sendable {
  case get, head, post, put, delete, options, patch
  /// A valid token that is none of these; its bytes are in the request line.
  case other

  /// The method's name on the wire; `other` has none.
  public var name: StaticString {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .patch: "PATCH"
    case .other: "OTHER"
    }
  }

  /// Names are case-sensitive: `get` is not `GET` but `other`.
  init(_ name: Span<UInt8>) {
    self =
      switch name.count {
      case 3: name.equals("GET") ? .get : name.equals("PUT") ? .put : .other
      case 4: name.equals("POST") ? .post : name.equals("HEAD") ? .head : .other
      case 5: name.equals("PATCH") ? .patch : .other
      case 6: name.equals("DELETE") ? .delete : .other
      case 7: name.equals("OPTIONS") ? .options : .other
      default: .other
      }
  }
}
