internal import Bytes
internal import HTTP
internal import JSON
internal import Token

/// What a command does its work with: servers to ask, and streams to print to.
final class Conversation {
  let client: Client
  let isJSON: Bool
  private let token: ClusterToken?
  private let streams: Streams

  /// Where a command prints, and what it reads.
  struct Streams: Sendable {
    /// Takes what is asked for, bytes as they are.
    var output: @Sendable ([UInt8]) -> Void
    /// Takes a line about how it goes.
    var note: @Sendable (String) -> Void
    /// All of standard input; nil if that is a terminal.
    var input: @Sendable () -> [UInt8]?
  }

  /// - Parameters:
  ///   - token: shown to servers that ask for it.
  ///   - isJSON: whether answers are printed as they came, in place of what a command makes of
  ///     them.
  init(_ client: Client, token: ClusterToken?, isJSON: Bool, _ streams: Streams) {
    self.client = client
    self.token = token
    self.isJSON = isJSON
    self.streams = streams
  }

  /// The same with other servers.
  func asking(_ endpoints: [Endpoint]) -> Conversation {
    Conversation(client.asking(endpoints), token: token, isJSON: isJSON, streams)
  }

  /// The same with the same servers, but prints nothing.
  var quiet: Conversation {
    var streams = streams
    streams.output = { _ in }
    return Conversation(client, token: token, isJSON: false, streams)
  }

  // MARK: Printing

  /// Prints a line, unless answers are printed instead.
  func say(_ line: String) { say(Array(line.utf8)) }

  func say(_ line: [UInt8]) {
    if !isJSON { streams.output(line + [UInt8(ascii: "\n")]) }
  }

  /// Prints a line, whatever the command line says of answers.
  func print(_ line: [UInt8]) { streams.output(line + [UInt8(ascii: "\n")]) }

  /// Prints bytes and no line end, unless answers are printed instead.
  func sayExactly(_ bytes: [UInt8]) {
    if !isJSON { streams.output(bytes) }
  }

  /// Tells how it goes, apart from what is printed.
  func note(_ line: String) { streams.note(line) }

  /// All of standard input.
  func input() -> [UInt8]? { streams.input() }

  // MARK: Asking

  typealias Parameters = [(String, [UInt8])]

  /// Asks about a key. Parameters go into the query, or into a form if something is to be written.
  func ask(
    _ method: HTTP.Method, key: [UInt8], _ parameters: Parameters = [], waits: Bool = false
  ) async throws(CommandFailure) -> JSONValue {
    try await answer(to: request(method, key: key, parameters), waits: waits)
  }

  /// Where a store is that is asked about a key.
  struct Position {
    /// The index of its last event, whatever is at the key; nil if the server does not say.
    var index: Int?
  }

  func position(at key: [UInt8]) async throws(CommandFailure) -> Position {
    let header = try await client.ask(request(.head, key: key)).header("x-etcd-index")
    return Position(index: header.flatMap { Int(String(decoding: $0, as: UTF8.self)) })
  }

  private func request(
    _ method: HTTP.Method, key: [UInt8], _ parameters: Parameters = []
  ) throws(CommandFailure) -> ClientRequest {
    var target = Array("/v2/keys".utf8)
    try Self.check(key)
    if key.first != UInt8(ascii: "/") { target.append(UInt8(ascii: "/")) }
    target.append(percentEncodingPath: key.span)
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

  /// Refuses a key that a server would redirect to another one.
  private static func check(_ key: [UInt8]) throws(CommandFailure) {
    let slash = UInt8(ascii: "/")
    let names = (key.first == slash ? key.dropFirst() : key[...])
      .split(separator: slash, omittingEmptySubsequences: false)
    // A slash at the end does no harm; nor does nothing at all, the root.
    for (place, name) in names.enumerated() where place < names.count - 1 || !name.isEmpty {
      if name.isEmpty || name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) {
        throw .refused("a key must not contain the segments . or .., nor slashes in a row")
      }
    }
  }

  /// Asks for what is at `path`, as ``ask(_:key:_:waits:)`` does for a key.
  func ask(path: String) async throws(CommandFailure) -> JSONValue {
    try await answer(to: ClientRequest(.get, path), waits: false)
  }

  /// Asks for what is given only with the cluster's token.
  func ask(withToken request: ClientRequest) async throws(CommandFailure) -> JSONValue {
    var request = request
    if let token { request.addHeader("Authorization", token.authorization) }
    return try await answer(to: request, waits: false)
  }

  /// Asks for a body of any length, with the cluster's token, and hands on its pieces as they come.
  func receive(
    _ request: ClientRequest, _ take: ([UInt8]) throws(CommandFailure) -> Void
  ) async throws(CommandFailure) {
    var request = request
    if let token { request.addHeader("Authorization", token.authorization) }
    try await client.receive(request, take)
  }

  private func answer(to request: ClientRequest, waits: Bool) async throws(CommandFailure)
    -> JSONValue
  {
    let response = try await client.ask(request, waits: waits)
    guard (200..<300).contains(response.status.rawValue) else {
      // Only etcd's own word for it: other servers, and a cluster without such a member, say 404,
      // too.
      if response.errorCode == 100 { throw .notFound("not found: \(response.reason)") }
      if response.errorCode == 401 { throw .cleared(response.refusal) }
      throw .refused(response.refusal)
    }
    if isJSON {
      for line in response.body.split(separator: UInt8(ascii: "\n")) { print(Array(line)) }
    }
    // What is done without a word has no body.
    let body = response.body.isEmpty ? ArraySlice("null".utf8) : response.body[...]
    do { return try JSONDocument(body).root } catch {
      throw .unknown("\(client.endpoints[0]): \(error)")
    }
  }
}

extension ContentType {
  fileprivate static let form = ContentType("application/x-www-form-urlencoded")
}

extension [UInt8] {
  /// Appends `name=value` joined by `&`; whatever a form could take for its own is escaped.
  fileprivate mutating func append(form parameters: Conversation.Parameters) {
    for (name, value) in parameters {
      if !isEmpty { append(UInt8(ascii: "&")) }
      append(contentsOf: name.utf8)
      append(UInt8(ascii: "="))
      for byte in value {
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
