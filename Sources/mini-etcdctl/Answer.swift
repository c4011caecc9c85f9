internal import HTTP
internal import JSON

// What an answer is, before anything is taken from it: whether a server of etcd's v2 API gave it,
// and what it says is wrong.

extension ClientResponse {
  /// Whether a server of etcd's v2 API answers so: it names its cluster, or its answer is an
  /// object.
  ///
  /// Anything else comes from a server that happens to listen there, from a proxy in front, or from
  /// a port that wants TLS.
  func isEtcd(for request: ClientRequest) -> Bool {
    if header("x-etcd-cluster-id") != nil { return true }
    guard let root = try? JSONDocument(body).root, root.isObject else { return false }
    // Other servers answer 404 with an object, too.
    let isAboutKeys = request.target.starts(with: "/v2/keys".utf8)
    return root["errorCode"] != nil || !isAboutKeys
  }

  /// etcd's number for what is wrong; nil if it says none.
  var errorCode: Int64? { (try? JSONDocument(body).root)?["errorCode"]?.int64 }

  /// Whether a server, of whatever kind, has refused the request for its size.
  var isTooLarge: Bool { status.rawValue == 413 || status.rawValue == 431 }

  /// What a server says of its own trouble: etcd's cause or message, or what else it says.
  var reason: String {
    if let root = try? JSONDocument(body).root {
      for name in ["cause", "message", "status"] as [StaticString] {
        if let text = root[name]?.string, !text.isEmpty { return text }
      }
    }
    let text = excerpt
    return text.isEmpty ? "status \(status.rawValue)" : text
  }

  /// `Compare failed: [1 != 2]`.
  var refusal: String {
    let root = try? JSONDocument(body).root
    guard let message = root?["message"]?.string else { return reason }
    guard let cause = root?["cause"]?.string else { return message }
    return "\(message): \(cause)"
  }

  /// The status, and the beginning of the text.
  var summary: String {
    let text = excerpt
    return text.isEmpty ? "\(status.rawValue)" : "\(status.rawValue) \(text)"
  }

  /// The beginning of the body as text in one line, without the tags of HTML.
  private var excerpt: String {
    var text = ""
    var isTag = false
    for character in String(decoding: body.prefix(4_096), as: UTF8.self) {
      if character == "<" { isTag = true }
      let isSpace = isTag || character.isWhitespace || character.isNewline
      if character == ">" { isTag = false }
      if !isSpace {
        text.append(character)
      } else if !text.isEmpty, text.last != " " {
        text.append(" ")
      }
      if text.count > Self.longestExcerpt { break }
    }
    while text.last == " " { text.removeLast() }
    return text.count > Self.longestExcerpt
      ? text.prefix(Self.longestExcerpt - 1) + "…" : text
  }

  private static let longestExcerpt = 100
}
