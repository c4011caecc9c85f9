import HTTP

/// A request in a line: `PUT /a value=1 ttl=5`, where the words after the path are a form; with
/// `[text/plain] ...` they are a body of that type, with `[] ...` one of no type.
///
/// A path is below /v2/keys and a directory of the case's own; one after `@` is taken as it stands.
struct Question: Sendable, CustomStringConvertible {
  let description: String
  let method: HTTP.Method
  let contentType: String?
  let body: String
  private let path: String

  init(_ line: String) {
    description = line
    let words = line.split(separator: " ", maxSplits: 2).map(String.init)
    method = Self.methods[words[0]] ?? .other
    path = words[1]
    let rest = words.count > 2 ? words[2] : ""
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      let type = String(rest[rest.index(after: rest.startIndex)..<end])
      contentType = type.isEmpty ? nil : type
      body = String(rest[rest.index(after: end)...].drop { $0 == " " })
    } else {
      contentType = rest.isEmpty ? nil : "application/x-www-form-urlencoded"
      body = rest.split(separator: " ").joined(separator: "&")
    }
  }

  private static let methods: [String: HTTP.Method] = [
    "GET": .get, "HEAD": .head, "PUT": .put, "POST": .post, "DELETE": .delete, "PATCH": .patch,
    "OPTIONS": .options,
  ]

  /// What is sent when the case's own directory is `directory`.
  func request(in directory: String) -> ClientRequest {
    let target = path.hasPrefix("@") ? String(path.dropFirst()) : "/v2/keys\(directory)\(path)"
    var request = ClientRequest(method, target, body: Array(body.utf8))
    if let contentType { request.addHeader("Content-Type", Array(contentType.utf8)) }
    return request
  }
}

/// What is compared of an answer.
struct Answer: Equatable, CustomStringConvertible {
  var status: Int
  var body: String
  /// `name: value`, of those that must agree.
  var headers: [String]
  /// Times to live in the body, in order; they may differ by one, as time passes between two
  /// answers.
  var timesToLive: [Int] = []

  private static let compared: [StaticString] = [
    "content-type", "location", "allow", "x-etcd-index", "x-content-type-options",
    "access-control-allow-headers", "access-control-allow-methods", "access-control-allow-origin",
    "connection", "transfer-encoding",
  ]
  private static let present: [StaticString] = [
    "x-etcd-cluster-id", "x-raft-index", "x-raft-term",
  ]

  init(_ response: ClientResponse) {
    status = response.status.rawValue
    body = String(decoding: response.body, as: UTF8.self)
    headers = []
    for name in Self.compared {
      guard let value = response.header(name) else { continue }
      headers.append("\(name): \(String(decoding: value, as: UTF8.self))")
    }
    for name in Self.present where response.header(name) != nil { headers.append("\(name)") }
    blankTimes()
  }

  /// An event a stream has told.
  init(line: String) {
    status = 200
    body = line
    headers = []
    blankTimes()
  }

  /// Takes out what depends on when the answer was made.
  private mutating func blankTimes() {
    body = body.replacing(#/"expiration":"[^"]*"/#, with: #""expiration":"*""#)
    timesToLive = body.matches(of: #/"ttl":(-?\d+)/#).compactMap { Int($0.1) }
    body = body.replacing(#/"ttl":-?\d+/#, with: #""ttl":"*""#)
  }

  static func == (a: Answer, b: Answer) -> Bool {
    a.status == b.status && a.body == b.body && a.headers == b.headers
      && a.timesToLive.count == b.timesToLive.count
      && zip(a.timesToLive, b.timesToLive).allSatisfy { abs($0 - $1) <= 1 }
  }

  var description: String {
    "\(status) \(headers.joined(separator: ", "))\n    \(body) \(timesToLive)"
  }
}

extension Answer {
  /// The value of one of the headers that are compared.
  func header(_ name: String) -> String? {
    headers.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
  }

  /// Where the store stood.
  var storeIndex: Int? { header("x-etcd-index").flatMap { Int($0) } }
}
