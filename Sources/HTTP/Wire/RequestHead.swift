/// What a request says before its body.
///
/// It owns no bytes: every range counts from the first of the bytes that were given to
/// ``RequestParser``, and means something only as long as those are kept. A parser fills the same
/// head again and again, so that a connection allocates its header array once.
///
///     POST /put?x=1 HTTP/1.1␍␊
///          ╰path╯╰q╯
///          ╰target╯
package struct RequestHead: Hashable, Sendable {
  package internal(set) var method = Method.other
  /// The method as sent, for those that are ``Method/other``.
  package internal(set) var methodName = 0..<0
  /// Path and query as sent; of `http://host/path` what follows the host, which may be nothing.
  package internal(set) var target = 0..<0
  /// The target up to the question mark, not decoded. It begins with a slash, or is `*`.
  package internal(set) var path = 0..<0
  /// What follows the question mark, not decoded; nil if there is none.
  package internal(set) var query: Range<Int>?
  /// The minor version: 1 for HTTP/1.1 (and for any later 1.x), 0 for HTTP/1.0.
  package internal(set) var minorVersion = 1
  package internal(set) var headers = HeaderFields()
  /// Never ``BodyFraming/untilClose``.
  package internal(set) var framing = BodyFraming.none
  /// Whether the client wants the connection to stay open after the answer (RFC 9112, section 9.3).
  package internal(set) var keepsAlive = true
  /// Whether the client sends the body only after `100 Continue` (RFC 9110, section 10.1.1).
  package internal(set) var expectsContinue = false
  /// Whether the client offers to change the protocol (RFC 9110, section 7.8).
  package internal(set) var asksUpgrade = false

  package init() {}
}
