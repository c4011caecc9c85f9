internal import HTTP
internal import JSON
internal import Token

/// What a command does its work with: somebody to ask, and somewhere to print.
final class Conversation {
  let client: Client
  private let token: ClusterToken?
  private let asJSON: Bool
  private let output: @Sendable (String) -> Void

  /// - Parameters:
  ///   - token: what to show who asks for it.
  ///   - asJSON: whether answers are printed as they came, in place of what a command makes of them.
  ///   - output: takes a line.
  init(
    _ client: Client, token: ClusterToken?, asJSON: Bool,
    output: @escaping @Sendable (String) -> Void
  ) {
    self.client = client
    self.token = token
    self.asJSON = asJSON
    self.output = output
  }

  /// The same with other servers.
  func asking(_ endpoints: [Endpoint]) -> Conversation {
    Conversation(
      Client(endpoints, timeout: client.timeout), token: token, asJSON: asJSON, output: output)
  }

  /// The same with the same servers, but prints nothing.
  var quiet: Conversation { Conversation(client, token: token, asJSON: false) { _ in } }

  /// Prints a line, unless answers are printed instead.
  func say(_ line: String) {
    if !asJSON { output(line) }
  }

  /// Asks about a key. Parameters go into the query, or into a form if something is to be written.
  func ask(
    _ method: HTTP.Method, key: String, _ parameters: [(String, String)] = [], waits: Bool = false
  ) async throws(Failure) -> JSONValue {
    try await answer(to: request(method, key: key, parameters), waits: waits)
  }

  /// The index of the store's last event, whatever is at the key; nil if the server does not say.
  func storeIndex(at key: String) async throws(Failure) -> Int? {
    let header = try await client.ask(request(.head, key: key)).header("x-etcd-index")
    return header.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
  }

  private func request(
    _ method: HTTP.Method, key: String, _ parameters: [(String, String)] = []
  ) -> ClientRequest {
    var target = Array("/v2/keys".utf8)
    if !key.hasPrefix("/") { target.append(UInt8(ascii: "/")) }
    target.append(percentEncodingPath: Array(key.utf8).span)
    var form: [UInt8] = []
    form.append(form: parameters)
    var request = ClientRequest(method, "")
    if method == .put || method == .post {
      request.contentType = .form
      request.body = form
    } else if !form.isEmpty {
      target += [UInt8(ascii: "?")] + form
    }
    request.target = target
    return request
  }

  /// Asks for what is at `path`, as ``ask(_:key:_:waits:)`` does for a key.
  func ask(path: String) async throws(Failure) -> JSONValue {
    try await answer(to: ClientRequest(.get, path), waits: false)
  }

  /// Asks for what only those may have who know the cluster's token.
  func ask(withToken request: ClientRequest) async throws(Failure) -> JSONValue {
    var request = request
    if let token { request.addHeader("Authorization", token.authorization) }
    return try await answer(to: request, waits: false)
  }

  private func answer(to request: ClientRequest, waits: Bool) async throws(Failure) -> JSONValue {
    let response = try await client.ask(request, waits: waits)
    switch response.status.rawValue {
    case 200..<300: break
    case 301: throw .refused("a key must not contain the segments . or .., nor slashes in a row")
    case 404: throw .notFound("not found: \(Client.reason(in: response))")
    default: throw .refused(Self.refusal(in: response))
    }
    if asJSON {
      let lines = String(decoding: response.body, as: UTF8.self).split(separator: "\n")
      for line in lines { output(String(line)) }
    }
    // What is done without a word has no body.
    let body = response.body.isEmpty ? ArraySlice("null".utf8) : response.body[...]
    do { return try JSONDocument(body).root } catch {
      throw .unknown("\(client.endpoints[0]): \(error)")
    }
  }

  /// `Compare failed: [1 != 2]`.
  private static func refusal(in response: ClientResponse) -> String {
    let root = try? JSONDocument(response.body).root
    guard let message = root?["message"]?.string else { return Client.reason(in: response) }
    guard let cause = root?["cause"]?.string else { return message }
    return "\(message): \(cause)"
  }
}

extension ContentType {
  fileprivate static let form = ContentType("application/x-www-form-urlencoded")
}

extension [UInt8] {
  /// Appends `name=value` joined by `&`; whatever a form could take for its own is escaped.
  fileprivate mutating func append(form parameters: [(String, String)]) {
    for (name, value) in parameters {
      if !isEmpty { append(UInt8(ascii: "&")) }
      append(contentsOf: name.utf8)
      append(UInt8(ascii: "="))
      for byte in value.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          append(byte)
        default:
          append(UInt8(ascii: "%"))
          append(hex: UInt64(byte), digits: 2)
        }
      }
    }
  }
}
