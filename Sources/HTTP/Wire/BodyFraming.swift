/// How the end of a message's body is known (RFC 9112, section 6.3).
public enum BodyFraming: Hashable, Sendable {
  /// There is no body.
  case none
  /// The body has exactly this many bytes, possibly 0.
  case length(Int)
  /// The body comes in chunks, each with its size: see ``ChunkedDecoder``.
  case chunked
  /// The body ends with the connection. Only responses can.
  case untilClose
}
