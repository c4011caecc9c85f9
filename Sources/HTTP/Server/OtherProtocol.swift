/// What a server says to a client that speaks another protocol than HTTP/1.1 and begins with a line
/// that looks like a request of HTTP/2 or later: HTTP/2's own preface, for one.
///
/// Without one such a client is answered 505, which few of them understand. A conversation ends
/// after ``OtherProtocol/bytes``, and its connection counts as idle while no bytes wait for an
/// answer.
public protocol OtherProtocol {
  /// Takes what has come and was not used up before, and appends what is to be answered.
  ///
  /// - Returns: how many bytes are used up; nil: this is not the protocol, or the client has broken
  ///   its rules, or it has had answers enough. The connection then ends, with 505 if nothing was
  ///   used up yet.
  mutating func take(_ bytes: Span<UInt8>, answer: inout [UInt8]) -> Int?
}

extension OtherProtocol {
  /// The most that is taken from such a client.
  static var bytes: Int { 64 << 10 }
}
